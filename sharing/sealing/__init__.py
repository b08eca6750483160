"""What a link may show: made, audited together with what was told before, and sealed as an extract."""
