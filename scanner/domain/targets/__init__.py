"""Targets: Pythons, platforms, their tags and floors, and the systems that they stand for."""
