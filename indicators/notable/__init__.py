"""What stands out of a release: comparisons that could be told → their p → adjusted for all that were looked at → ranked."""
