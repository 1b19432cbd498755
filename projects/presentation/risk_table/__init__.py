"""The table of packages by target."""
