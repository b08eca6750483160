"""What charts of surveys find, and the sentences that they support: colour and words come from the same verdicts."""
