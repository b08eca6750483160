"""Who is looking: what proves it, and signing in and out."""
