"""What leaves the hands of evaluators: figures of a fixed set, closed together, of which a selection picks rows."""
