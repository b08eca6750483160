"""Exports that are lists of people or of ties: who has a ticket, who was invited, who is connected to whom."""
