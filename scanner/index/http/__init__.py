"""HTTP with limits: deadlines, body sizes, allowed addresses."""
