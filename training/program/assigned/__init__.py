"""Assignments from another system: read, compared with what is there, applied at once."""

from training.program.assigned.plans import Plan, plan

__all__ = ["Plan", "plan"]
