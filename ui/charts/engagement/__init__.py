"""Charts of who takes part and who fades: events, the ladder, activity by attendance, wanted against actual."""
