"""From requirements and an index snapshot to verdicts, with their reasons as data."""
