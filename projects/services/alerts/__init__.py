"""From wheel events to messages: watches, notes, digests, sending."""
