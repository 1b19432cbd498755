"""Decisions of a report: which files its planned set installs, and what a platform needs for builds."""
