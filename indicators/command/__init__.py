"""What the command line does beside asking: what it prints, what it says of a figure and of its vintage, files for another program."""
