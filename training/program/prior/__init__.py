"""Training completed before, taken over from the system that was used until now."""

from training.program.prior.plans import Options, Plan, plan
from training.program.prior.service import apply

__all__ = ["Options", "Plan", "apply", "plan"]
