"""Text formats: the JSON schema, CSV, tables, exports, metrics."""
