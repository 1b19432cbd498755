"""The command that runs everything in one process."""
