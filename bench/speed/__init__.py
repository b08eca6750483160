"""What things cost, each with its peer in one run."""
