"""From a release and a selection to a Result."""
