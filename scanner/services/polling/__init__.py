"""Poll packages: schedule, claims, results, statistics."""
