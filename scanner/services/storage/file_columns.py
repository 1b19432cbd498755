"""The columns of a file's row that a page fills."""

from __future__ import annotations

# What is compared with the next page, in the order in which rows are read.
COMPARED = (
    *("filename", "location", "sha256", "size", "requires_python"),
    *("uploaded_at", "yanked", "yanked_reason", "has_metadata", "metadata_sha256"),
)
# What is inserted, in the order in which rows are made.
INSERTED = ("package", "release", "kind", *COMPARED)
