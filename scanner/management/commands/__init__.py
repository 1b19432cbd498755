"""Management commands: due, poll."""
