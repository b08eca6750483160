"""What every importer shares: encodings, dates, records, mappings, and the types of a reading."""
