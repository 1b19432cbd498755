"""The portfolio: all projects of a user on the headline targets of the team."""
