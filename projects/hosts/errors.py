"""What can go wrong at a repository host. Errors carry data; no message holds git's own output or a credential."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class HostError(Exception):
    """Any failure at a repository host; `host` is its bare name."""

    host: str

    def __str__(self) -> str:
        return f"{self.host} did not give what was asked"


@dataclass
class HostUnavailable(HostError):
    """No usable answer for now: unreachable, too slow, or a server error. Worth trying again."""

    reason: str

    def __str__(self) -> str:
        return f"{self.host} gives no answer: {self.reason}"


@dataclass
class RepositoryAccessDenied(HostError):
    """The host refuses us, hides the repository from us, or has none at that address."""

    def __str__(self) -> str:
        return f"{self.host} has no such repository, or the credentials do not open it"


@dataclass
class HostNotAllowed(HostError):
    """We do not go there: a private address, a redirect, a protocol or a setting that is missing."""

    reason: str

    def __str__(self) -> str:
        return f"{self.host} is not asked: {self.reason}"


@dataclass
class CommitMissing(HostError):
    """The repository does not have the commit (any more)."""

    commit: str

    def __str__(self) -> str:
        return f"{self.host} has no commit {self.commit[:12]}"


@dataclass
class FileMissing(HostError):
    """The commit has no such file."""

    path: str

    def __str__(self) -> str:
        return f"no file {self.path} at that commit"


@dataclass
class FetchTooLarge(HostError):
    """More than we are willing to fetch; `what` names the file or the thing."""

    what: str
    limit: int

    def __str__(self) -> str:
        return f"{self.what} is larger than {self.limit:,} bytes"
