"""The places where a repository says its Python: read, compared, and rewritten for a move."""
