"""One builder per chart kind."""
