"""Keep what is imported from the network, as far as this machine can."""

from __future__ import annotations

import shutil
import subprocess
import tempfile

from msgspec import Struct


class Isolation(Struct, frozen=True):
    """The command that other commands begin with, and what it does, as a clause."""

    prefix: tuple[str, ...]
    description: str


def find_isolation(folder: str) -> Isolation:
    """Return the strongest isolation that works here: bubblewrap, a network namespace, or none.

    `folder` is what the commands must see of the directory for temporary files.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is not None:
        root = ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", tempfile.gettempdir())
        prefix = (bubblewrap, *root, "--ro-bind", folder, folder, "--unshare-all", "--die-with-parent")
        if _works(prefix):
            return Isolation(prefix, "bubblewrap: no network, nothing can be written")
    unshare = shutil.which("unshare")
    if unshare is not None and _works((unshare, "--user", "--map-root-user", "--net")):
        return Isolation((unshare, "--user", "--map-root-user", "--net"), "a network namespace: no network")
    return Isolation((), "none: the modules could reach the network")


def _works(prefix: tuple[str, ...]) -> bool:
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)  # noqa: S603  fixed
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
