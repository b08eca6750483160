"""The semantic layer: what each indicator means, how it is computed, and what may be shown of it."""
