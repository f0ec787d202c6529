"""Workforce members: who they are, where they work, how they sign in."""
