"""Reports of online meetings: who joined and left."""
