"""Erasing a member from every file of the data folder."""
