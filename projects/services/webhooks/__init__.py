"""Receive and process deliveries, and check branches."""
