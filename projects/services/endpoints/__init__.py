"""Webhooks that are sent to others: what is announced, and its delivery."""
