"""The commands of `byp`, a module for each kind of work."""
