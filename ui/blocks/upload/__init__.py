"""Files that somebody loads from a page: chosen, checked, seen in what they would change, loaded."""
