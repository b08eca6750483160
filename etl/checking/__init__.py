"""From raw rows to good ones: people, codebook, validation, duplicates, reconciliation."""
