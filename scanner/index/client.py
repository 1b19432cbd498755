"""The client of an index: pages, the root page, metadata files and range requests, each with limits.

An unchanged page costs one conditional request and no parsing. Every failure is an IndexFault.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.index_address import without_credentials
from scanner.domain.index_page.page import IndexPage
from scanner.index.answers import FreshPage, FreshRoot, NotModified
from scanner.index.archives.reader import MetadataReader, SdistDocuments
from scanner.index.archives.wheel_sources import WheelSources, read_wheel_modules, read_wheel_sources
from scanner.index.errors import DigestMismatch, InvalidIndexPage, NoSuchFile, NoSuchPackage
from scanner.index.formats import read as formats
from scanner.index.formats.rows import serial_of
from scanner.index.host_limiter import HostLimiter
from scanner.index.limits import Limits
from scanner.index.turns import reading_turn

if TYPE_CHECKING:
    import requests

    from scanner.index.transport import Reply

PRODUCT = "Wheelway/0.1"
_HEADER_TEXT = re.compile(r"[^\x20-\x7e]")
_MAX_VALIDATOR = 200


class MetadataFile(Protocol):
    """A file whose metadata can be fetched (PEP 658): IndexFile, and what is stored of one."""

    @property
    def url(self) -> str:
        """Return the address of the file."""

    @property
    def metadata_sha256(self) -> str | None:
        """Return the announced digest of the metadata file."""


class IndexClient:
    """The client of one index. Safe to share between threads; keeps its connections."""

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
        """Create a client. Raises ValueError for an invalid address.

        url: the simple index, with or without credentials. contact: whom its operators can write to. ca_bundle: a file
        of certificates to trust instead of the built-in ones.
        """
        # Not at the top: what is stored is read without a connection, and loading these takes a fifth of a start.
        from scanner.index.transport import Transport

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
        """Return the index's address without credentials."""
        return without_credentials(self._url)

    @property
    def host(self) -> str:
        """Return the index's host as the host limiter names it."""
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
        """Return one package's page.

        The arguments are values of the last FreshPage. With the same content_hash nothing is parsed; with its checksums
        (a function, called only if needed) only the rows that may have changed.

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
        with reading_turn:
            return self._read_page(canonical, reply, body, content_hash, checksums)

    def _read_page(
        self,
        canonical: NormalizedName,
        reply: Reply,
        body: bytes,
        content_hash: str | None,
        checksums: Callable[[], bytes],
    ) -> FreshPage | NotModified:
        content_type = reply.headers.get("Content-Type", "")
        serial = serial_of(reply.headers.get("X-PyPI-Last-Serial"))
        delta = formats.compare(content_type, body, checksums())
        digest = hashlib.sha256(body).hexdigest() if delta is None else delta.digest()
        if digest == content_hash:
            return NotModified(serial)

        def whole() -> IndexPage:
            page = formats.read_page(content_type, body, canonical, reply.url, max_files=self._limits.files)
            return _with_serial(page, serial)

        changed = formats.read_changes(delta, canonical, reply.url) if delta is not None else None
        new_checksums = delta.checksums if delta is not None else b""
        if delta is None or changed is None:
            page, vanished = whole(), None
        else:
            page, vanished = _with_serial(changed, serial), delta.vanished
        return FreshPage(page, *_validators(reply), digest, len(body), vanished, new_checksums, whole)

    def root(
        self, etag: str | None = None, *, last_modified: str | None = None, content_hash: str | None = None
    ) -> FreshRoot | NotModified:
        """Return the root page: all packages, with serials where the index has them. Raises as `page` does."""
        with self._transport.get(f"{self._url}/", _headers(etag, last_modified)) as reply:
            if reply.status == 304:
                return _not_modified(reply, etag or last_modified)
            body = self._whole(reply, self._limits.root)
        digest = hashlib.sha256(body).hexdigest()
        if digest == content_hash:
            return NotModified(serial_of(reply.headers.get("X-PyPI-Last-Serial")))
        content_type = reply.headers.get("Content-Type", "")
        return FreshRoot(*_validators(reply), digest, len(body), body, content_type, without_credentials(reply.url))

    def metadata(self, file: MetadataFile) -> bytes:
        """Return the metadata file of a file (PEP 658), even if it is not announced.

        Raises NoSuchFile if the index has none, DigestMismatch if it is not the announced one, else as `page` does.
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
        """Return METADATA of a wheel by range requests. Raises InvalidArchive, NoSuchFile, else as `page` does."""
        return self._reader.wheel(url)

    def wheel_paths(self, url: str) -> list[str]:
        """Return the paths of the files in a wheel by range requests. Raises as `wheel_metadata` does."""
        return self._reader.wheel_paths(url)

    def wheel_sources(self, url: str, is_wanted: Callable[[bytes], bool] | None = None) -> WheelSources:
        """Return the packed Python files of a wheel by range requests. Raises as `wheel_metadata` does.

        is_wanted: whether files with this digest are to be fetched; `WheelSources.contents` says more of it.
        """
        return read_wheel_sources(self._transport, url, is_wanted)

    def wheel_modules(self, url: str) -> WheelSources:
        """Return the packed compiled modules of a wheel by range requests. Raises as `wheel_metadata` does."""
        return read_wheel_modules(self._transport, url)

    def sdist_metadata(self, url: str, is_enough: Callable[[bytes], bool] = bool) -> SdistDocuments:
        """Return the metadata in an sdist (.tar.gz, .tgz, .zip). Nothing is run. Raises as `wheel_metadata` does.

        is_enough: whether a PKG-INFO says everything, so that reading ends there.
        """
        return self._reader.sdist(url, is_enough)

    def sdist_view(self, url: str, wanted: Collection[str]) -> tuple[list[str], dict[str, bytes]]:
        """Return (an sdist's paths below its top folder, the contents of those in `wanted`). Raises as above."""
        return self._reader.sdist_view(url, wanted)

    def _whole(self, reply: Reply, limit: int) -> bytes:
        if reply.status != 200:
            raise InvalidIndexPage(without_credentials(reply.url), "status", f"{reply.status} was not asked for")
        return self._transport.read(reply, limit)


def default_user_agent(contact: str = "") -> str:
    """Return product, version, contact and library, as index operators expect of clients."""
    import requests

    who = _HEADER_TEXT.sub("", contact).strip()
    about = f" (+{who})" if who else ""
    return f"{PRODUCT}{about} python-requests/{requests.__version__}"


def _with_serial(page: IndexPage, serial: int | None) -> IndexPage:
    """Return the page, with the serial of the header where the body has none."""
    return page if page.serial is not None or serial is None else replace(page, serial=serial)


def _headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    headers = {"Accept": formats.ACCEPT}
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
    """Return the validator if it can be stored and sent back."""
    if not value or len(value) > _MAX_VALIDATOR or _HEADER_TEXT.search(value):
        return None
    return value
