"""Store index pages: files, releases, profiles, events."""
