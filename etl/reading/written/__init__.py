"""What people write: dates, times, durations and names."""
