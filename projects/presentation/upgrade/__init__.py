"""The page of an upgrade plan."""
