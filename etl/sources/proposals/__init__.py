"""What a file that no importer knows may be: read of its headings and cells, said by its owner, written as a mapping."""
