"""Metadata out of wheels and sdists, by range requests where possible."""
