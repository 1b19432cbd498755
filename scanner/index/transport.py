"""Bounded, polite HTTP for the client: one GET, its redirects, its errors in our words.

Credentials of the index's address go only to the index's own origin, and stand in no message, log or repr.
"""

import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from requests.auth import AuthBase, HTTPBasicAuth

from scanner.index.addresses import without_credentials
from scanner.index.deadline import DeadlineAdapter, DeadlinePassed, time_limit
from scanner.index.errors import BadIndexPage, IndexFault, IndexRefused, IndexUnavailable, NoSuchFile
from scanner.index.gate import Gate

logger = logging.getLogger(__name__)
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one answer. Seconds: connect; silence between two bytes; total, redirects included. Bytes: wire as
    sent, body after unpacking, root the same for the page of all packages, metadata for one metadata file, archive
    for what is read of a wheel or sdist. files: rows of a page."""

    connect: float = 10.0
    silence: float = 20.0
    total: float = 120.0
    wire: int = 64_000_000
    body: int = 128_000_000
    root: int = 256_000_000
    metadata: int = 4_000_000
    archive: int = 64_000_000
    redirects: int = 5
    files: int = 100_000


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer, and its body still to be read. url: where it came from in the end, may hold a query."""

    status: int
    headers: Mapping[str, str]
    url: str
    response: requests.Response


class Transport:
    """GET and HEAD for one index and the hosts of its files. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        *,
        user_agent: str,
        gate: Gate,
        limits: Limits,
        session: requests.Session | None = None,
        ca_bundle: str | None = None,
    ) -> None:
        self.url, auth = _split_credentials(url)
        self.limits = limits
        self.gate = gate
        self._origin = _origin(self.url)
        self._auth = auth
        self._agent = user_agent
        self._session = session or _session()
        if ca_bundle is not None:
            self._session.verify = ca_bundle

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Iterator[Reply]:
        """The answer to one request, redirects followed; 200, 206, 304 and 416 only.

        Raises NoSuchFile (404, 410), IndexRefused, IndexUnavailable, HostGated, BadIndexPage (bad redirects). What
        breaks while the body is read inside comes out in the same words.
        """
        shown = without_credentials(url)
        try:
            with time_limit(self.limits.total), self._followed(url, headers, method) as reply:
                yield reply
        except IndexFault:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._fault(shown, error) from None

    def read(self, reply: Reply, limit: int, *, wire: int | None = None) -> bytes:
        """The whole body, unpacked, no more than `limit` bytes; `wire` bounds what is sent."""
        return b"".join(self.chunks(reply, limit, wire=wire))

    def chunks(self, reply: Reply, limit: int, *, wire: int | None = None) -> Iterator[bytes]:
        """The body in pieces as it comes, unpacked, with the same bounds."""
        shown = without_credentials(reply.url)
        coding = reply.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise BadIndexPage(shown, "Content-Encoding", f"{coding[:40]!r} was not asked for")
        sent = bounded(_raw_chunks(reply.response), wire or self.limits.wire, shown, "bytes are read")
        if coding in ("identity", ""):
            yield from bounded(sent, limit, shown, "bytes are read")
        else:
            yield from bounded(unpacked(sent, shown), limit, shown, "bytes are unpacked")

    @contextmanager
    def _followed(self, url: str, headers: Mapping[str, str], method: str) -> Iterator[Reply]:
        for _ in range(self.limits.redirects + 1):
            shown = without_credentials(url)
            host = urlsplit(url).netloc.lower()
            with self.gate.passing(host, shown), closing(self._send(url, headers, method)) as response:
                if response.raw.length_remaining == 0:
                    # Nothing follows the head, so the connection can serve the next request; close() would end it.
                    response.raw.release_conn()
                logger.debug("asked url=%s status=%s", shown, response.status_code)
                if response.status_code not in _REDIRECTS:
                    self.gate.heard(host, shown, response.status_code, response.headers.get("Retry-After"))
                    _check_status(shown, response.status_code)
                    yield Reply(response.status_code, response.headers, url, response)
                    return
                url = _next_url(url, response.headers.get("Location"), shown)
        raise BadIndexPage(without_credentials(url), "Location", f"more than {self.limits.redirects} redirects")

    def _send(self, url: str, headers: Mapping[str, str], method: str) -> requests.Response:
        return self._session.request(
            method,
            url,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip", **headers},
            # Never on another origin: a redirect or a file's address may lead anywhere.
            auth=self._auth if _origin(url) == self._origin else None,
            timeout=(self.limits.connect, self.limits.silence),
            allow_redirects=False,
            stream=True,
        )

    def _fault(self, shown: str, error: BaseException) -> IndexFault:
        causes = list(_causes(error))
        if any(isinstance(cause, urllib3.exceptions.IncompleteRead) for cause in causes):
            return BadIndexPage(shown, "body", "the answer was cut off")
        if any(isinstance(cause, DeadlinePassed) for cause in causes):
            return IndexUnavailable(shown, f"the answer was not complete after {self.limits.total:g} s")
        # Only the system's own words: a library's sentence may quote the whole address.
        words = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
        if any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
            return IndexUnavailable(shown, f"no connection ({words or 'no reason given'})")
        if any(isinstance(cause, requests.exceptions.ConnectTimeout) for cause in causes):
            return IndexUnavailable(shown, f"no connection within {self.limits.connect:g} s")
        if any(
            isinstance(cause, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError) for cause in causes
        ):
            return IndexUnavailable(shown, f"silent for {self.limits.silence:g} s")
        if any(isinstance(cause, requests.exceptions.SSLError | urllib3.exceptions.SSLError) for cause in causes):
            return IndexUnavailable(shown, "its certificate cannot be trusted")
        if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
            return IndexUnavailable(shown, "the proxy cannot be used")
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            return IndexUnavailable(shown, "its address cannot be used")
        return IndexUnavailable(shown, f"the connection failed ({words or type(causes[-1]).__name__})")


class _Session(requests.Session):
    """A session that leaves redirects to us: requests would read a redirect's whole body, however large."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: nothing to prepare."""
        return None


def _session() -> requests.Session:
    session = _Session()
    # No more connections than the gate lets through; they are kept for the next request.
    adapter = DeadlineAdapter(pool_connections=8, pool_maxsize=16, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _split_credentials(url: str) -> tuple[str, AuthBase | None]:
    parts = urlsplit(url.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # never with the address itself, which may hold a password
        raise ValueError("an index address starts with http:// or https:// and names a host")
    user_info, at, host = parts.netloc.rpartition("@")
    clean = urlunsplit(parts._replace(netloc=host))
    if not at:
        return clean, None
    user, _, password = user_info.partition(":")
    return clean, HTTPBasicAuth(unquote(user).encode(), unquote(password).encode())


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _next_url(url: str, location: str | None, shown: str) -> str:
    if not location:
        raise BadIndexPage(shown, "Location", "a redirect to nowhere")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        # A redirect brings no credentials of its own.
        target = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        usable = False
    if not usable:
        raise BadIndexPage(shown, "Location", "a redirect to what is not an http or https address")
    if url.startswith("https:") and parts.scheme == "http":
        raise BadIndexPage(shown, "Location", "a redirect from https to http")
    return target


def _check_status(shown: str, status: int) -> None:
    if status in (200, 206, 304, 416):
        return
    if status in (404, 410):
        raise NoSuchFile(shown)
    if status in (401, 403, 407):
        raise IndexRefused(shown, f"status {status}", status)
    raise IndexUnavailable(shown, f"status {status}", status)


def _raw_chunks(response: requests.Response) -> Iterator[bytes]:
    while chunk := response.raw.read(_CHUNK, decode_content=False):
        yield chunk


def bounded(chunks: Iterator[bytes], limit: int, shown: str, what: str) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise BadIndexPage(shown, f"byte {limit + 1}", f"no more than {limit:,} {what}")
        yield chunk


def unpacked(chunks: Iterator[bytes], shown: str) -> Iterator[bytes]:
    """gzip, in pieces of bounded size whatever it holds; several members follow each other."""
    unpacker, sent = zlib.decompressobj(31), 0
    try:
        for chunk in chunks:
            sent += len(chunk)
            packed = chunk
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(31)
                if piece := unpacker.decompress(packed, _CHUNK):
                    yield piece
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        while not unpacker.eof and (piece := unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)):
            yield piece
    except zlib.error:
        raise BadIndexPage(shown, f"byte {sent}", "the gzip encoding is broken") from None
    if not unpacker.eof:
        raise BadIndexPage(shown, f"byte {sent}", "the gzip encoding ends early")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, through the libraries' layers."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
