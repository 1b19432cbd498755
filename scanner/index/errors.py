"""The errors of requests to an index. None of them holds credentials."""

from datetime import datetime
from typing import ClassVar

from scanner.domain import index_faults
from scanner.domain.index_address import without_credentials


class IndexFault(Exception):
    """The base class. `url` is without credentials. `SENTENCE`: the text, which is stored."""

    SENTENCE: ClassVar[str] = "{url}"

    def __init__(self, url: str) -> None:
        super().__init__(without_credentials(url))
        self.url = without_credentials(url)

    def __str__(self) -> str:
        return self.SENTENCE.format_map(vars(self))


class NoSuchPackage(IndexFault):
    """A package that the index does not have (404 or 410)."""

    SENTENCE = index_faults.NO_PACKAGE

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url)
        self.name = name


class NoSuchFile(IndexFault):
    """A file or metadata file that does not exist (404 or 410)."""

    SENTENCE = index_faults.NO_FILE


class IndexUnavailable(IndexFault):
    """An index that did not answer, or answered with an error. status: the HTTP status, None without one."""

    SENTENCE = index_faults.UNAVAILABLE

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(url)
        self.reason = reason
        self.status = status


class IndexRefused(IndexUnavailable):
    """An index that refused the credentials (401, 403, 407)."""

    SENTENCE = index_faults.REFUSED


class IndexHostNotAllowed(IndexUnavailable):
    """An address or redirect that leads to an address which users may not reach. Nothing was sent there."""

    def __init__(self, url: str) -> None:
        super().__init__(url, index_faults.NOT_PUBLIC)


class HostThrottled(IndexFault):
    """A host that is closed until `until`, or whose slots are all taken. Nothing was sent.

    until: aware, UTC. host: as in the address, with its port.
    """

    SENTENCE = index_faults.THROTTLED

    def __init__(self, url: str, host: str, until: datetime, reason: str = index_faults.PAUSE) -> None:
        super().__init__(url)
        self.host = host
        self.until = until
        self.reason = reason

    def __str__(self) -> str:
        return self.SENTENCE.format(host=self.host, reason=self.reason, until=f"{self.until:%Y-%m-%d %H:%M:%S}")


class InvalidIndexPage(IndexFault):
    """An answer that cannot be read. place: for example "line 3 column 7", "meta.api-version" or "byte 1048"."""

    SENTENCE = index_faults.INVALID_PAGE

    def __init__(self, url: str, place: str, message: str) -> None:
        super().__init__(url)
        self.place = place
        self.message = message


class InvalidArchive(IndexFault):
    """A wheel or sdist whose metadata cannot be read within the limits."""

    SENTENCE = index_faults.INVALID_ARCHIVE

    def __init__(self, url: str, message: str) -> None:
        super().__init__(url)
        self.message = message


class DigestMismatch(InvalidArchive):
    """A metadata file whose digest is not the one that the index announced."""

    def __init__(self, url: str, expected: str, actual: str) -> None:
        super().__init__(url, f"sha256 is {actual}, the index announced {expected}")
        self.expected = expected
        self.actual = actual
