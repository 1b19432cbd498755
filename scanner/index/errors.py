"""What asking an index can end in. Errors store fields and make their sentence last; none ever holds credentials."""

from datetime import datetime

from scanner.domain.index_address import without_credentials


class IndexFault(Exception):
    """The base of all; `url` is shown without credentials. Stored data stays true whatever is raised."""

    def __init__(self, url: str) -> None:
        super().__init__(without_credentials(url))
        self.url = without_credentials(url)


class NoSuchPackage(IndexFault):
    """The index answered that it has no such package (404 or 410): a fact, not a failure."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is not on the index ({self.url})"


class NoSuchFile(IndexFault):
    """A file, or the metadata beside it, is not there (404 or 410)."""

    def __str__(self) -> str:
        return f"there is nothing at {self.url}"


class IndexUnavailable(IndexFault):
    """No answer, or one that says "not now": worth another try later. status: the HTTP status, None without one."""

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(url)
        self.reason = reason
        self.status = status

    def __str__(self) -> str:
        return f"{self.url} did not answer: {self.reason}"


class IndexRefused(IndexUnavailable):
    """The index wants other credentials, or none will do (401, 403, 407)."""

    def __str__(self) -> str:
        return f"{self.url} refused the request: {self.reason}"


class HostNotAllowed(IndexUnavailable):
    """The address leads, itself or by a redirect, to a place that a user may not have asked; nothing was sent there."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list its host")


class HostThrottled(IndexFault):
    """The host asked to be left alone until then, or all its places are taken: nothing was sent.

    until: aware, UTC. host: as in the address, with its port.
    """

    def __init__(self, url: str, host: str, until: datetime, reason: str = "asked to be left alone") -> None:
        super().__init__(url)
        self.host = host
        self.until = until
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.host} {self.reason}; next request not before {self.until:%Y-%m-%d %H:%M:%S} UTC"


class InvalidIndexPage(IndexFault):
    """An answer that is not what was asked for. place: where ("line 3 column 7", "meta.api-version", "byte 1048")."""

    def __init__(self, url: str, place: str, message: str) -> None:
        super().__init__(url)
        self.place = place
        self.message = message

    def __str__(self) -> str:
        return f"{self.url} cannot be read at {self.place}: {self.message}"


class InvalidArchive(IndexFault):
    """A wheel or sdist whose metadata cannot be read within the bounds."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__(url)
        self.message = message

    def __str__(self) -> str:
        return f"{self.url}: {self.message}"


class DigestMismatch(InvalidArchive):
    """A metadata file that is not the one the index announced."""

    def __init__(self, url: str, expected: str, actual: str) -> None:
        super().__init__(url, f"sha256 is {actual}, the index announced {expected}")
        self.expected = expected
        self.actual = actual
