"""Errors of repository hosts. No message contains git's own output or a credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scanner.domain.translation import noop


@dataclass
class HostError(Exception):
    """A failure at a repository host; `host` is its name without a port. `SENTENCES`: the text, which is stored."""

    SENTENCES: ClassVar[tuple[str, ...]] = (noop("{host} did not return what was requested"),)
    host: str

    def __str__(self) -> str:
        return self.SENTENCES[0].format_map(vars(self))


@dataclass
class HostUnavailable(HostError):
    """No usable answer: unreachable, too slow, or a server error. May be retried."""

    SENTENCES = (noop("{host} does not answer: {reason}"),)
    reason: str


@dataclass
class RepositoryAccessDenied(HostError):
    """A repository that does not exist or is not readable with the credentials. Hosts do not tell the two apart."""

    SENTENCES = (noop("{host} has no such repository, or the credentials do not give access to it"),)


@dataclass
class HostNotAllowed(HostError):
    """A host that is not contacted: a private address, a redirect, a protocol or a missing setting."""

    SENTENCES = (noop("{host} is not contacted: {reason}"),)
    reason: str


@dataclass
class HostRefused(HostError):
    """A request that the host's API understood and did not carry out; `said` is its own message, on one line."""

    SENTENCES = (noop("{host} refused with status {status}: {said}"), noop("{host} refused with status {status}"))
    status: int
    said: str = ""

    def __str__(self) -> str:
        return self.SENTENCES[not self.said].format_map(vars(self))


@dataclass
class CommitMissing(HostError):
    """A commit that the repository does not have, or no longer has."""

    SENTENCES = (noop("{host} has no commit {commit}"),)
    commit: str

    def __str__(self) -> str:
        return self.SENTENCES[0].format(host=self.host, commit=self.commit[:12])


@dataclass
class FileMissing(HostError):
    """A file that the commit does not have."""

    SENTENCES = (noop("{host} has no file {path} at that commit"),)
    path: str


@dataclass
class FetchTooLarge(HostError):
    """An answer above a size limit; `what` names the file or the kind of answer."""

    SENTENCES = (noop("{what} is larger than {limit} bytes"),)
    what: str
    limit: int

    def __str__(self) -> str:
        return self.SENTENCES[0].format(what=self.what, limit=f"{self.limit:,}")


@dataclass
class BranchMoved(HostError):
    """A push that was not taken because the branch has commits which it does not descend from."""

    SENTENCES = (noop("the branch at {host} has other commits"),)


@dataclass
class PushRefused(HostError):
    """A push that a rule of the repository refused: a protected branch, or a hook."""

    SENTENCES = (noop("{host} refused the push: a rule of the repository forbids it"),)


@dataclass
class PatchMisfit(HostError):
    """A patch that does not fit the files of the commit that it was made for."""

    SENTENCES = (noop("the files of the repository are not those that the change was made for"),)


@dataclass
class TokenRefused(RepositoryAccessDenied):
    """An answer of the host's API that refuses the token: status 401, 403 or 404."""

    SENTENCES = (noop("the API of {host} refused the token with status {status}"),)
    status: int


def host_sentences() -> list[str]:
    """Return the sentences of all failures."""
    return _sentences_of(HostError)


def _sentences_of(kind: type[HostError]) -> list[str]:
    return [*kind.SENTENCES, *(one for below in kind.__subclasses__() for one in _sentences_of(below))]
