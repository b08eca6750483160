"""What members think: items, scales, changes."""
