"""The synthetic sample: raw exports drawn from a seed."""
