"""Which release is available on which target, and why."""
