"""The columns of a file that no importer knows, said on the page."""
