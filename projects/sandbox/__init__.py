"""A child process for work on what others send: its limits of time and memory hold whatever the input is."""

from projects.sandbox.pool import LimitReached, Limits, Sandbox, SandboxBroken, SandboxBusy

__all__ = ["LimitReached", "Limits", "Sandbox", "SandboxBroken", "SandboxBusy"]
