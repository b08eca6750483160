"""Control charts: how they look, what they say, and what happened meanwhile."""
