"""Running git in a restricted environment, since neither the remote nor its answers are trusted.

Configuration of the system and the user, prompts, hooks, submodules, redirects and other protocols are disabled; time,
memory and the size of every file that git writes are limited. URLs and credentials are passed in the environment, never
as arguments.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from projects.domain.failures import NOT_FINISHED
from projects.domain.webhooks.clone_urls import CloneUrl
from projects.hosts.addresses import resolve
from projects.hosts.errors import HostNotAllowed, HostUnavailable
from scanner.domain.translation import noop

# The first version with `http.curloptResolve`, which pins a name to the addresses that were checked.
OLDEST_GIT = (2, 37)
# Limits for git and all its children: file size in 512-byte blocks, memory in KiB.
_BOUNDED = 'ulimit -f "$1" && { ulimit -v "$2" 2>/dev/null || :; } && shift 2 && exec git "$@"'
_MEMORY_KIB = 2 * 1024 * 1024
# The shell runs the helper with the operation as its argument; it answers from the environment.
_CREDENTIAL_HELPER = (
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$WHEELWAY_GIT_USER" "$WHEELWAY_GIT_SECRET"; }; f'
)


@dataclass(frozen=True)
class GitRemote:
    """A repository to read, with its credentials. `secret` is a password or token, or a private key for ssh."""

    url: CloneUrl
    username: str = ""
    secret: str = field(default="", repr=False)


GIT_SECONDS = 60.0
"""How long all requests of one delivery to its host may take together."""


class GitLimits(Struct, frozen=True):
    """What the operator allows, and the limits of one delivery. Sizes are in bytes, times in seconds."""

    allowed_hosts: Collection[str] = ()
    ssh_known_hosts: str = ""
    seconds: float = GIT_SECONDS
    stalled_seconds: int = 15
    pack_bytes: int = 64 * 1024 * 1024
    file_bytes: int = 4 * 1024 * 1024
    total_bytes: int = 8 * 1024 * 1024
    files: int = 60
    history: int = 1000


@dataclass(frozen=True)
class GitResult:
    """The result of one run. `error_output` serves only to classify an error and is never shown or stored."""

    code: int
    output: bytes
    error_output: str = field(repr=False)


class GitProgram:
    """The git program for one remote, with one deadline for all runs. Raises HostNotAllowed, HostUnavailable."""

    def __init__(self, remote: GitRemote, limits: GitLimits, folder: Path) -> None:
        self.host = remote.url.host
        self.limits = limits
        self._deadline = time.monotonic() + limits.seconds
        if git_version() < OLDEST_GIT:
            raise HostNotAllowed(self.host, noop("git 2.37 or newer is not installed on this server"))
        addresses = resolve(self.host, remote.url.port, limits.allowed_hosts)
        self._environment = _environment(remote, limits, addresses, folder)

    def run(self, folder: Path, *arguments: str, stdin: bytes = b"", offline: bool = False) -> GitResult:
        """Run git in `folder`. `offline` forbids every protocol, so that reading objects never fetches more."""
        environment = dict(self._environment)
        if offline:
            environment["GIT_ALLOW_PROTOCOL"] = "none"
        blocks = str(self.limits.pack_bytes // 512)
        command = ("sh", "-c", _BOUNDED, "sh", blocks, str(_MEMORY_KIB), *arguments)
        # Files instead of pipes, so that the size limit also applies to the output.
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            process = subprocess.Popen(  # noqa: S603 - a fixed program; what varies is checked where it comes in
                command, cwd=folder, env=environment, stdin=given, stdout=output, stderr=errors, start_new_session=True
            )
            try:
                code = process.wait(timeout=max(0.0, self._deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise HostUnavailable(self.host, NOT_FINISHED.format(seconds=f"{self.limits.seconds:g}")) from None
            finally:
                _end(process)
            output.seek(0)
            errors.seek(0)
            return GitResult(code, output.read(), errors.read(64 * 1024).decode("utf-8", "replace"))


@functools.cache
def git_version() -> tuple[int, int]:
    """Return the version of git on this server, (0, 0) if it is not installed."""
    try:
        done = subprocess.run(("git", "--version"), capture_output=True, check=False, timeout=10)  # noqa: S607 - PATH is the operator's
    except OSError:
        return (0, 0)
    found = re.match(rb"git version (\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill git and its helpers, which share its session."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _environment(remote: GitRemote, limits: GitLimits, addresses: tuple[str, ...], folder: Path) -> dict[str, str]:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh",
        "GIT_CEILING_DIRECTORIES": str(folder),
    }
    # Certificate authorities of the operator.
    environment |= {name: os.environ[name] for name in ("SSL_CERT_FILE", "GIT_SSL_CAINFO") if name in os.environ}
    configuration = {
        "remote.origin.url": str(remote.url),
        "protocol.version": "2",
        "http.followRedirects": "false",
        "http.lowSpeedLimit": "200",
        "http.lowSpeedTime": str(limits.stalled_seconds),
        "http.userAgent": "Wheelway git",
        "credential.helper": "",
        "core.hooksPath": os.devnull,
        "core.askPass": "",
        "core.fsmonitor": "false",
        "core.bigFileThreshold": "1m",
        "core.logAllRefUpdates": "false",
        "fetch.recurseSubmodules": "false",
        "fetch.unpackLimit": "1",
        "fetch.negotiationAlgorithm": "noop",
        "gc.auto": "0",
        "maintenance.auto": "false",
        "pack.threads": "1",
    }
    if remote.url.scheme == "ssh":
        environment["GIT_SSH_COMMAND"] = _ssh_command(remote, limits, addresses[0], folder)
        environment["GIT_SSH_VARIANT"] = "ssh"
    else:
        pinned = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
        if ":" not in remote.url.host:
            configuration["http.curloptResolve"] = f"{remote.url.host}:{remote.url.port}:{pinned}"
        if remote.secret:
            environment["WHEELWAY_GIT_USER"] = _one_line(remote.username or "git", remote)
            environment["WHEELWAY_GIT_SECRET"] = _one_line(remote.secret, remote)
            configuration[f"credential.{_origin(remote.url)}.helper"] = _CREDENTIAL_HELPER
    return environment | _as_variables(configuration)


def _as_variables(configuration: Mapping[str, str]) -> dict[str, str]:
    variables = {"GIT_CONFIG_COUNT": str(len(configuration))}
    for position, (key, value) in enumerate(configuration.items()):
        variables |= {f"GIT_CONFIG_KEY_{position}": key, f"GIT_CONFIG_VALUE_{position}": value}
    return variables


def _origin(url: CloneUrl) -> str:
    return str(CloneUrl(url.scheme, url.host, url.port, ""))


def _one_line(text: str, remote: GitRemote) -> str:
    # The credential helper's answer is line-based, and environment values end at a NUL.
    if not text.isprintable():
        raise HostNotAllowed(remote.url.host, noop("the credentials contain a control character"))
    return text


def _ssh_command(remote: GitRemote, limits: GitLimits, address: str, folder: Path) -> str:
    if not limits.ssh_known_hosts:
        raise HostNotAllowed(remote.url.host, noop("ssh needs the setting WHEELWAY_SSH_KNOWN_HOSTS"))
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_text(remote.secret.strip() + "\n")
    options = {
        "BatchMode": "yes",
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": limits.ssh_known_hosts,
        "GlobalKnownHostsFile": os.devnull,
        "ConnectTimeout": str(limits.stalled_seconds),
        # Connect to the address that was checked, and verify the host key under the name.
        "HostName": address,
        "HostKeyAlias": remote.url.host,
        "ClearAllForwardings": "yes",
    }
    words = ["ssh", "-F", os.devnull, "-i", str(key)]
    for name, value in options.items():
        words += ["-o", f"{name}={value}"]
    return shlex.join(words)
