"""Who stays: in membership and in activity."""
