"""Rules of a gate in continuous integration: a stored baseline, what is new since then, and what no longer blocks."""
