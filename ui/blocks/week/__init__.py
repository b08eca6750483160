"""What This week is made of: what needs us, the table of headlines, what was decided."""
