"""A child process for work on what others send: its limits of time and memory hold whatever the input is."""

from projects.sandbox.pool import CallLimitReached, CallLimits, Sandbox, SandboxBroken, SandboxBusy

__all__ = ["CallLimitReached", "CallLimits", "Sandbox", "SandboxBroken", "SandboxBusy"]
