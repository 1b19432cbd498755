"""Webhooks that are sent to others: events, signatures, and when a message is tried again."""
