"""Use cases of the team's side. Services act; selectors read."""
