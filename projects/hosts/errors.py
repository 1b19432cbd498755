"""Errors of repository hosts. No message contains git's own output or a credential."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class HostError(Exception):
    """A failure at a repository host; `host` is its name without a port."""

    host: str

    def __str__(self) -> str:
        return f"{self.host} did not return what was requested"


@dataclass
class HostUnavailable(HostError):
    """No usable answer: unreachable, too slow, or a server error. May be retried."""

    reason: str

    def __str__(self) -> str:
        return f"{self.host} does not answer: {self.reason}"


@dataclass
class RepositoryAccessDenied(HostError):
    """A repository that does not exist or is not readable with the credentials. Hosts do not tell the two apart."""

    def __str__(self) -> str:
        return f"{self.host} has no such repository, or the credentials do not give access to it"


@dataclass
class HostNotAllowed(HostError):
    """A host that is not contacted: a private address, a redirect, a protocol or a missing setting."""

    reason: str

    def __str__(self) -> str:
        return f"{self.host} is not contacted: {self.reason}"


@dataclass
class HostRefused(HostError):
    """A request that the host's API understood and did not carry out; `said` is its own message, on one line."""

    status: int
    said: str = ""

    def __str__(self) -> str:
        return f"{self.host} refused with status {self.status}{f': {self.said}' if self.said else ''}"


@dataclass
class CommitMissing(HostError):
    """A commit that the repository does not have, or no longer has."""

    commit: str

    def __str__(self) -> str:
        return f"{self.host} has no commit {self.commit[:12]}"


@dataclass
class FileMissing(HostError):
    """A file that the commit does not have."""

    path: str

    def __str__(self) -> str:
        return f"{self.host} has no file {self.path} at that commit"


@dataclass
class FetchTooLarge(HostError):
    """An answer above a size limit; `what` names the file or the kind of answer."""

    what: str
    limit: int

    def __str__(self) -> str:
        return f"{self.what} is larger than {self.limit:,} bytes"


@dataclass
class BranchMoved(HostError):
    """A push that was not taken because the branch has commits which it does not descend from."""

    def __str__(self) -> str:
        return f"the branch at {self.host} has other commits"


@dataclass
class PushRefused(HostError):
    """A push that a rule of the repository refused: a protected branch, or a hook."""

    def __str__(self) -> str:
        return f"{self.host} refused the push: a rule of the repository forbids it"


@dataclass
class PatchMisfit(HostError):
    """A patch that does not fit the files of the commit that it was made for."""

    def __str__(self) -> str:
        return "the files of the repository are not those that the change was made for"


@dataclass
class TokenRefused(RepositoryAccessDenied):
    """An answer of the host's API that refuses the token: status 401, 403 or 404."""

    status: int

    def __str__(self) -> str:
        return f"the API of {self.host} refused the token with status {self.status}"
