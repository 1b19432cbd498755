"""The solver. It knows versions and sets, nothing of Python packages."""
