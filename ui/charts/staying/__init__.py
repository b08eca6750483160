"""Charts of who stays and what goes with it: curves side by side, comparisons, who comes and goes."""
