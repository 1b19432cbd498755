"""What a change on the index means for a project that uses the package."""
