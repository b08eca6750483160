"""The files that leave: one module each, all of one Handout."""
