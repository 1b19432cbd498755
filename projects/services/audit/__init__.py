"""Audits of source trees on the disk: reading them, and finding out which package brings which module."""
