"""Share links: who may open which sealed extract, until when, and what was done with a link."""
