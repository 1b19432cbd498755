"""The only HTTP to package indexes: client, page formats, host limiter, errors, and the default index."""
