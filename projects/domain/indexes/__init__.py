"""Which indexes a project reads: from its files, from options, from its settings."""
