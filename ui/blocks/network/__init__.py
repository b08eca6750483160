"""The map of the network as an instrument: what is read, what is drawn, and the boxes and the table beside it."""
