"""Pure rules: days, renewal, standing, completion, access, reminders. Plain values in and out."""
