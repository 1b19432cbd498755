"""Releases as a whole: pooled over indexes, regressions, known breakages."""
