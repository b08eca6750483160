"""What pages are put together from: cards, panels, passport, notes, decisions."""
