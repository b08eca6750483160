"""Who takes part: activity, attendance, the programme's other streams."""
