"""The staff list: read, compared, and applied all or nothing."""

from training.program.roster.faults import Refused, RowFault
from training.program.roster.service import Options, Plan, apply, plan

__all__ = ["Options", "Plan", "Refused", "RowFault", "apply", "plan"]
