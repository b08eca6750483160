"""How often what is shown is true: coverage of intervals, alarms that come of nothing."""
