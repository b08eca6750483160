"""Rows of measurements, and the page made of them."""
