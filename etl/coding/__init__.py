"""Large template tables straight from the file to integer-coded parts, and what became of them in a release."""
