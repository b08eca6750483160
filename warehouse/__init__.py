"""The counter between kitchen and dining room: table contracts, releases, and the engine that reads them."""
