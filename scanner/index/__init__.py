"""The only HTTP to a package index: client, wire forms, politeness gate, errors, and the default address."""
