"""What managers and officers read: one query feeds page, CSV and count alike."""
