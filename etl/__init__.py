"""Raw exports in, a checked release out: recognise, read, resolve, validate, publish."""
