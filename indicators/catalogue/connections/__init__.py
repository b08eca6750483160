"""Who is connected with whom: ties, the shape of the network, mixing across boundaries."""
