"""The staff list: read, compared, and applied all or nothing."""

from training.program.roster.faults import Refused, RowFault
from training.program.roster.plans import Options, Plan, plan
from training.program.roster.service import apply

__all__ = ["Options", "Plan", "Refused", "RowFault", "apply", "plan"]
