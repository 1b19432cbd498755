"""Index pages in JSON and HTML, parsed whole or by what changed."""
