"""Where a figure comes from, in words: its passport, its citation, what has changed in it since."""
