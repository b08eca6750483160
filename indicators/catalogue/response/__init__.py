"""Who answered, and what weighting for it changes."""
