"""The set that programme leads are told from: made, closed, compared with what was told before, and kept."""
