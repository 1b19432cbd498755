"""Release files: file names, core metadata, what a build needs, release profiles."""
