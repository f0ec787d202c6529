"""Cycles that open and close by themselves, and the reminders that tell of them."""
