"""Clients of repository hosts: git over HTTPS and ssh, and their HTTP APIs."""
