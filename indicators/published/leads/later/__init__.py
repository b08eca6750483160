"""Later releases: who told something else since, whatever it is called now, and what stays as it was told."""
