"""The officer's rules: what a change would do, and the change itself."""
