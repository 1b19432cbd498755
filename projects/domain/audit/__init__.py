"""What the source of a project imports, against what its requirements bring and what Pythons have."""
