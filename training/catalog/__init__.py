"""Content: read from files, checked, published in versions, and played by a pure engine."""
