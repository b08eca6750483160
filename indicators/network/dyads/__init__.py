"""Pairs of members: what kinds of them a network has, and which of them came to be tied."""
