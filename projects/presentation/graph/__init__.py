"""The dependency graph of a target: its edges, its layout and its page."""
