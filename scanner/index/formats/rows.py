"""Check the values of a row. JSON and HTML pages share these functions, so that both give the same rows."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from msgspec import Struct, field

from scanner.domain.index_page.page import IndexFile, PageProblem, ProjectStatus

# A page may have thousands of invalid rows; an operator reads a few.
MAX_PROBLEMS = 100
_MAX_TEXT = 200
MAX_FILENAME = 300
MAX_URL = 2_000
_MAX_SPECIFIER = 200
_MAX_INTEGER = 2**63 - 1
_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
# The form of nearly every address: absolute, printable ASCII, nothing to resolve.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]++(?::[0-9]{1,5})?/[!\"$-~]*+\Z")
# Control characters and lone surrogates: not allowed in file names, and databases reject them.
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class InvalidRow(Exception):
    """A value that makes a row unusable. key: its name in the page."""

    def __init__(self, key: str, value: object, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.value = value
        self.message = message


class Problems(Struct):
    """The problems of a page, up to MAX_PROBLEMS. skipped: the number of skipped rows, listed or not."""

    found: list[PageProblem] = field(default_factory=list)
    skipped: int = 0
    dropped: int = 0

    def row(self, place: str, error: InvalidRow, filename: str | None) -> None:
        """Add a row that was skipped."""
        self.skipped += 1
        self._add(
            PageProblem(f"{place}.{error.key}" if error.key else place, _cut(error.value), error.message, filename)
        )

    def fact(self, place: str, value: object, message: str) -> None:
        """Add a value that was dropped; its row is kept."""
        self._add(PageProblem(place, _cut(value), message))

    def all(self) -> tuple[PageProblem, ...]:
        """Return the problems, with the number of those not listed at the end."""
        if not self.dropped:
            return tuple(self.found)
        return (*self.found, PageProblem("page", "", f"{self.dropped} more problems are not listed"))

    def _add(self, problem: PageProblem) -> None:
        # A skipped row that has a name is always listed: its file must not count as removed.
        if problem.filename is None and len(self.found) >= MAX_PROBLEMS:
            self.dropped += 1
        else:
            self.found.append(problem)


def filename_of(value: object) -> str:
    """Return a file name that is one path segment and can be stored."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidRow("filename", value, "there is no file name")
    if len(value) > MAX_FILENAME:
        raise InvalidRow("filename", value, f"the file name is longer than {MAX_FILENAME} characters")
    if _UNSTORABLE.search(value) or "/" in value or "\\" in value:
        raise InvalidRow("filename", value, "the file name holds characters that no file name may")
    return value


def url_of(value: object, base_url: str) -> str:
    """Return an absolute http(s) address without its fragment."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidRow("url", value, "there is no address")
    value = value.partition("#")[0]
    if _PLAIN_URL.match(value) and len(value) <= MAX_URL:
        return value
    try:
        url = urljoin(base_url, value.strip())
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError as error:
        raise InvalidRow("url", value, f"the address cannot be read: {error}") from None
    if not usable:
        raise InvalidRow("url", value, "only http and https addresses are followed")
    if len(url) > MAX_URL or _UNSTORABLE.search(url):
        raise InvalidRow("url", value, "the address is too long or holds control characters")
    return url


@lru_cache(maxsize=256)
def is_plain_origin(value: str) -> bool:
    """Return whether `url_of` changes no address that is this origin and printable ASCII without space and "#"."""
    return _PLAIN_URL.match(value) is not None


def sha256_of(value: object) -> str | None:
    """Return the digest in lower case; None if the index gives no SHA-256."""
    if value is None:
        return None
    if not isinstance(value, str) or not _SHA256.match(value):
        raise InvalidRow("hashes", value, "the SHA-256 digest is not 64 hexadecimal digits")
    return value.lower()


def requires_python_of(value: object) -> str | None:
    """Return the trimmed text. Whether it is a valid specifier is checked where it is used."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidRow("requires-python", value, "Requires-Python is not a text")
    text = value.strip()
    if len(text) > _MAX_SPECIFIER or _UNSTORABLE.search(text):
        raise InvalidRow("requires-python", value, "Requires-Python is too long or holds control characters")
    return text or None


def yank_of(value: object) -> tuple[bool, str | None]:
    """Return whether the file is yanked, and the reason (PEP 592, PEP 691)."""
    if value is None or value is False:
        return False, None
    if value is True:
        return True, None
    if isinstance(value, str):
        return bool(value), reason_of(value)
    raise InvalidRow("yanked", value, "yanked is neither true, false nor a reason")


def reason_of(value: str) -> str | None:
    """Return a maintainer's reason on one line, without characters that cannot be stored; None if it is empty."""
    return " ".join(_UNSTORABLE.sub(" ", value).split())[:1_000] or None


def size_of(value: object, problems: Problems, place: str) -> int | None:
    """Return the size in bytes; None if it is missing or invalid."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_INTEGER:
        return value
    problems.fact(f"{place}.size", value, "the size is not a number of bytes")
    return None


def serial_of(value: object) -> int | None:
    """Return a serial from JSON or a header; None for anything else, since serials are optional."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_INTEGER:
        return value
    return None


def time_of(value: object, problems: Problems, place: str) -> datetime | None:
    """Return an aware time in UTC. A time without a zone is UTC, as PEP 700 requires."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    problems.fact(f"{place}.upload-time", value, "the upload time is not an ISO 8601 time")
    return None


def status_of(value: object, problems: Problems) -> ProjectStatus:
    """Return the project status (PEP 792). An unknown one counts as active and is reported."""
    if value is None:
        return ProjectStatus.ACTIVE
    try:
        return ProjectStatus(str(value))
    except ValueError:
        problems.fact("project-status", value, "not a known project status")
        return ProjectStatus.ACTIVE


def unique(files: list[tuple[str, IndexFile]], problems: Problems) -> tuple[IndexFile, ...]:
    """Return the files in order, the first of each name. files: (place, file)."""
    kept: dict[str, IndexFile] = {}
    for place, file in files:
        if file.filename in kept:
            problems.row(place, InvalidRow("filename", file.filename, "the page lists this file twice"), None)
        else:
            kept[file.filename] = file
    return tuple(kept.values())


def _cut(value: object) -> str:
    if isinstance(value, list | dict):
        # Not written out: it may be deep or huge.
        return f"a {'list' if isinstance(value, list) else 'mapping'} of {len(value)}"
    text = value if isinstance(value, str) else str(value)
    return _UNSTORABLE.sub("\ufffd", text[:_MAX_TEXT])
