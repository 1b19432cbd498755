"""Settings that the installation and the client have in common."""
