"""Charts of ties: boundaries against chance, then and now, new ties, who names whom, and the map."""
