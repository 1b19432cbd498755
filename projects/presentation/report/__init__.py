"""The report on one target."""
