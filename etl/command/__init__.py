"""What the command line does beside loading: what it prints, what it asks, what it watches."""
