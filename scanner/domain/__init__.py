"""Pure rules of the scanner: names, tags, targets, matching, resolution, polling."""
