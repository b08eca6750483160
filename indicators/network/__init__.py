"""Networks of ties on igraph: who stands where, their shape, random mixing, and missing respondents."""
