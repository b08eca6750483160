"""The Share page, and what the recipient of a link sees."""
