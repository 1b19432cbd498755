"""Decisions of a report: which files its planned set installs, what stands in the way, what a platform needs."""
