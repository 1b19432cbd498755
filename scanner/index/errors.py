"""The errors of requests to an index. None of them holds credentials."""

from datetime import datetime

from scanner.domain.index_address import without_credentials


class IndexFault(Exception):
    """The base class. `url` is without credentials."""

    def __init__(self, url: str) -> None:
        super().__init__(without_credentials(url))
        self.url = without_credentials(url)


class NoSuchPackage(IndexFault):
    """A package that the index does not have (404 or 410)."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} is not on the index ({self.url})"


class NoSuchFile(IndexFault):
    """A file or metadata file that does not exist (404 or 410)."""

    def __str__(self) -> str:
        return f"{self.url} does not exist"


class IndexUnavailable(IndexFault):
    """An index that did not answer, or answered with an error. status: the HTTP status, None without one."""

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(url)
        self.reason = reason
        self.status = status

    def __str__(self) -> str:
        return f"{self.url} did not answer: {self.reason}"


class IndexRefused(IndexUnavailable):
    """An index that refused the credentials (401, 403, 407)."""

    def __str__(self) -> str:
        return f"{self.url} refused the request: {self.reason}"


class IndexHostNotAllowed(IndexUnavailable):
    """An address or redirect that leads to an address which users may not reach. Nothing was sent there."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "its address is not public, and WHEELWAY_ALLOW_PRIVATE_HOSTS does not list its host")


class HostThrottled(IndexFault):
    """A host that is closed until `until`, or whose slots are all taken. Nothing was sent.

    until: aware, UTC. host: as in the address, with its port.
    """

    def __init__(self, url: str, host: str, until: datetime, reason: str = "asked for a pause") -> None:
        super().__init__(url)
        self.host = host
        self.until = until
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.host} {self.reason}; next request not before {self.until:%Y-%m-%d %H:%M:%S} UTC"


class InvalidIndexPage(IndexFault):
    """An answer that cannot be read. place: for example "line 3 column 7", "meta.api-version" or "byte 1048"."""

    def __init__(self, url: str, place: str, message: str) -> None:
        super().__init__(url)
        self.place = place
        self.message = message

    def __str__(self) -> str:
        return f"{self.url} cannot be read at {self.place}: {self.message}"


class InvalidArchive(IndexFault):
    """A wheel or sdist whose metadata cannot be read within the limits."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__(url)
        self.message = message

    def __str__(self) -> str:
        return f"{self.url}: {self.message}"


class DigestMismatch(InvalidArchive):
    """A metadata file whose digest is not the one that the index announced."""

    def __init__(self, url: str, expected: str, actual: str) -> None:
        super().__init__(url, f"sha256 is {actual}, the index announced {expected}")
        self.expected = expected
        self.actual = actual
