"""What surveys say, and whom they speak for: several results in one chart."""
