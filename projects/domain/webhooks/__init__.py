"""Deliveries of repository hosts: headers, signatures, payloads."""
