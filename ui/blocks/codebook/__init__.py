"""The questions of the surveys, beside one another."""
