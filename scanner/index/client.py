"""The only HTTP to an index: pages, the root page, metadata files and ranged reads, each one bounded request.

An unchanged page costs one conditional request and no parsing. Every failure is one of errors.py's.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import requests
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.index_address import without_credentials
from scanner.domain.index_page.page import IndexPage, RootPage
from scanner.index.archives.reader import MetadataReader
from scanner.index.errors import DigestMismatch, InvalidIndexPage, NoSuchFile, NoSuchPackage
from scanner.index.formats import read as wire
from scanner.index.formats.rows import serial_of
from scanner.index.host_limiter import HostLimiter
from scanner.index.transport import Limits, Reply, Transport

PRODUCT = "Wheelway/0.1"
_HEADER_TEXT = re.compile(r"[^\x20-\x7e]")
_MAX_VALIDATOR = 200


class Announced(Protocol):
    """The facts of a file that fetching its metadata needs; IndexFile and stored files have them."""

    @property
    def url(self) -> str: ...
    @property
    def metadata_sha256(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class FreshPage:
    """A page that is new to the caller. etag, last_modified: for the next request. content_hash: names the body, so
    that an index without validators still costs no work when nothing changed. size: bytes of the body.

    vanished: None when `page` is the whole page. Else `page` has only the rows that may be new or say something new,
    in the place of so many rows of the page before. prints: for the next request; empty for none. whole: reads all of
    it, raising InvalidIndexPage.
    """

    page: IndexPage
    etag: str | None
    last_modified: str | None
    content_hash: str
    size: int
    vanished: int | None
    checksums: bytes
    whole: Callable[[], IndexPage] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FreshRoot:
    """The page of all packages, new to the caller, still to be read: as FreshPage, and `page`."""

    etag: str | None
    last_modified: str | None
    content_hash: str
    size: int
    body: bytes = field(repr=False)
    content_type: str
    url: str

    def page(self, *, above: int | None = None, among: Collection[NormalizedName] | None = None) -> RootPage:
        """What it says, as wire.read_root has it. Raises InvalidIndexPage."""
        return wire.read_root(self.content_type, self.body, self.url, above=above, among=among)


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing changed since the answer that the validators came from (or the body is the same byte for byte)."""

    serial: int | None = None


class IndexClient:
    """One index. Safe to share between threads; keeps its connections."""

    def __init__(
        self,
        url: str,
        *,
        contact: str = "",
        session: requests.Session | None = None,
        user_agent: str | None = None,
        limiter: HostLimiter | None = None,
        limits: Limits | None = None,
        ca_bundle: str | None = None,
    ) -> None:
        """url: the simple index, with or without credentials. contact: whom its operator can write to. ca_bundle: a
        file of certificates to trust instead of the built-in ones. ValueError for an address that is none."""
        self._limits = limits or Limits()
        self.limiter = limiter or HostLimiter()
        agent = user_agent or default_user_agent(contact)
        self._transport = Transport(
            url, user_agent=agent, limiter=self.limiter, limits=self._limits, session=session, ca_bundle=ca_bundle
        )
        self._url = self._transport.url
        self._reader = MetadataReader(self._transport)

    @property
    def url(self) -> str:
        """The index's address as it may be shown."""
        return without_credentials(self._url)

    @property
    def host(self) -> str:
        """The index's host as the gate knows it."""
        return urlsplit(self._url).netloc.lower()

    def __repr__(self) -> str:
        return f"IndexClient({self.url!r})"

    def page(
        self,
        name: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        content_hash: str | None = None,
        checksums: Callable[[], bytes] = bytes,
    ) -> FreshPage | NotModified:
        """One package's page. Give what the last FreshPage held; with the same content_hash nothing is parsed, with
        its prints (asked for only when needed) only what may have changed.

        Raises NoSuchPackage, IndexUnavailable, InvalidIndexPage, HostThrottled, and InvalidName (a ValueError) for
        a name that no package can have, before anything is sent.
        """
        canonical = canonicalize_name(name, validate=True)
        url = f"{self._url}/{quote(canonical, safe='')}/"
        try:
            with self._transport.get(url, _headers(etag, last_modified)) as reply:
                if reply.status == 304:
                    return _not_modified(reply, etag or last_modified)
                body = self._whole(reply, self._limits.body)
        except NoSuchFile as error:
            raise NoSuchPackage(error.url, canonical) from None
        content_type = reply.headers.get("Content-Type", "")
        serial = serial_of(reply.headers.get("X-PyPI-Last-Serial"))
        delta = wire.compare(content_type, body, checksums())
        digest = hashlib.sha256(body).hexdigest() if delta is None else delta.digest()
        if digest == content_hash:
            return NotModified(serial)

        def whole() -> IndexPage:
            page = wire.read_page(content_type, body, canonical, reply.url, max_files=self._limits.files)
            return _with_serial(page, serial)

        changed = wire.read_changes(delta, canonical, reply.url) if delta is not None else None
        new_prints = delta.checksums if delta is not None else b""
        if delta is None or changed is None:
            page, vanished = whole(), None
        else:
            page, vanished = _with_serial(changed, serial), delta.vanished
        return FreshPage(page, *_validators(reply), digest, len(body), vanished, new_prints, whole)

    def root(
        self, etag: str | None = None, *, last_modified: str | None = None, content_hash: str | None = None
    ) -> FreshRoot | NotModified:
        """Every package, with serials where the index has them: one request tells who changed. Errors as `page`."""
        with self._transport.get(f"{self._url}/", _headers(etag, last_modified)) as reply:
            if reply.status == 304:
                return _not_modified(reply, etag or last_modified)
            body = self._whole(reply, self._limits.root)
        digest = hashlib.sha256(body).hexdigest()
        if digest == content_hash:
            return NotModified(serial_of(reply.headers.get("X-PyPI-Last-Serial")))
        content_type = reply.headers.get("Content-Type", "")
        return FreshRoot(*_validators(reply), digest, len(body), body, content_type, without_credentials(reply.url))

    def metadata(self, file: Announced) -> bytes:
        """FILE.metadata beside the file's address (PEP 658), whether announced or tried; immutable.

        Raises NoSuchFile when the index has none, DigestMismatch when it is not the announced one, else as `page`.
        """
        parts = urlsplit(file.url)
        url = urlunsplit(parts._replace(path=f"{parts.path}.metadata", fragment=""))
        with self._transport.get(url, {"Accept": "*/*"}) as reply:
            body = self._whole(reply, self._limits.metadata)
        digest = hashlib.sha256(body).hexdigest()
        if file.metadata_sha256 is not None and digest != file.metadata_sha256:
            raise DigestMismatch(without_credentials(url), file.metadata_sha256, digest)
        return body

    def wheel_metadata(self, url: str) -> bytes:
        """METADATA out of a wheel by ranged reads of its end. Raises InvalidArchive, NoSuchFile, else as `page`."""
        return self._reader.wheel(url)

    def sdist_metadata(self, url: str) -> bytes:
        """PKG-INFO out of an sdist (.tar.gz, .tgz, .zip), read as it comes; nothing is run. Errors as there."""
        return self._reader.sdist(url)

    def sdist_view(self, url: str, wanted: Collection[str]) -> tuple[list[str], dict[str, bytes]]:
        """(the paths in an sdist below its top folder, the contents of those in `wanted`). Errors as there."""
        return self._reader.sdist_view(url, wanted)

    def _whole(self, reply: Reply, limit: int) -> bytes:
        if reply.status != 200:
            raise InvalidIndexPage(without_credentials(reply.url), "status", f"{reply.status} was not asked for")
        return self._transport.read(reply, limit)


def default_user_agent(contact: str = "") -> str:
    """Product, version, whom to write to, and the library, as index operators ask of their clients."""
    who = _HEADER_TEXT.sub("", contact).strip()
    about = f" (+{who})" if who else ""
    return f"{PRODUCT}{about} python-requests/{requests.__version__}"


def _with_serial(page: IndexPage, serial: int | None) -> IndexPage:
    """The page, with the serial of the answer's head where the body has none."""
    return page if page.serial is not None or serial is None else replace(page, serial=serial)


def _headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    headers = {"Accept": wire.ACCEPT}
    if etag:
        headers["If-None-Match"] = etag
    elif last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _not_modified(reply: Reply, validator: str | None) -> NotModified:
    if not validator:
        raise InvalidIndexPage(without_credentials(reply.url), "status", "304 was not asked for")
    return NotModified(serial_of(reply.headers.get("X-PyPI-Last-Serial")))


def _validators(reply: Reply) -> tuple[str | None, str | None]:
    return _validator(reply.headers.get("ETag")), _validator(reply.headers.get("Last-Modified"))


def _validator(value: str | None) -> str | None:
    """One that can be stored and sent back."""
    if not value or len(value) > _MAX_VALIDATOR or _HEADER_TEXT.search(value):
        return None
    return value
