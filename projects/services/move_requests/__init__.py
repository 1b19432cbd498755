"""Change requests for moves: asked for by a member, opened at the host, kept up to date when facts change."""
