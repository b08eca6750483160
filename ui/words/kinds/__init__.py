"""The sentences of single kinds of chart."""
