"""What is fetched from the tools themselves: one module a tool, the file as a person would have exported it, loaded as any other."""
