"""Explore: any figure, by any group and period, beside any other, and what to do with it."""
