"""Use cases of the scanner: polling, metadata, storage, events."""
