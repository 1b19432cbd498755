"""HTTP for the index client, with limits: requests, their redirects, and their failures as IndexFault.

Credentials of the index's address are sent only to the index's own origin, and appear in no message, log or repr.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from msgspec import Struct
from urllib3 import BaseHTTPResponse

from scanner.domain.index_address import without_credentials
from scanner.index.errors import IndexFault, InvalidIndexPage
from scanner.index.host_limiter import HostLimiter
from scanner.index.http.bodies import bounded, raw_chunks, unpacked
from scanner.index.http.deadline import time_limit
from scanner.index.http.direct import DirectRequests, pass_over_body
from scanner.index.http.failures import FAILURES, check_status, fault_of
from scanner.index.http.origins import origin_of, redirect_target, split_credentials
from scanner.index.limits import Limits
from scanner.index.sessions import trusting_session

__all__ = ["Limits", "Reply", "Transport"]

logger = logging.getLogger(__name__)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WITH_BODY = frozenset({200, 206})


class Reply(Struct, frozen=True):
    """The head of an answer, with its body still to be read. url: the last one, after redirects; may hold a query."""

    status: int
    headers: Mapping[str, str]
    url: str
    response: BaseHTTPResponse


class Transport:
    """Requests to one index and the hosts of its files. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        *,
        user_agent: str,
        limiter: HostLimiter,
        limits: Limits,
        session: requests.Session | None = None,
        ca_bundle: str | None = None,
    ) -> None:
        """Create a transport. Without a session, any host may be requested (`trusting_session`)."""
        self.url, auth = split_credentials(url)
        self.limits = limits
        self.limiter = limiter
        self._origin = origin_of(self.url)
        self._auth = auth
        self._agent = user_agent
        session = session or trusting_session()
        if ca_bundle is not None:
            session.verify = ca_bundle
        self._requests = DirectRequests(session, limits)

    @contextmanager
    def get(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Iterator[Reply]:
        """Send one request, follow redirects, and provide the answer if its status is 200, 206, 304 or 416.

        Raises NoSuchFile (404, 410), IndexRefused, IndexUnavailable, HostThrottled, InvalidIndexPage (bad redirects).
        A failure while the body is read inside the context raises the same exceptions.
        """
        shown = without_credentials(url)
        try:
            with time_limit(self.limits.total), self._followed(url, headers, method) as reply:
                yield reply
        except IndexFault:
            raise
        except FAILURES as error:
            raise fault_of(shown, error, self.limits) from None

    def read(self, reply: Reply, limit: int, *, wire: int | None = None) -> bytes:
        """Return the unpacked body, at most `limit` bytes. wire: the limit of bytes sent."""
        return b"".join(self.chunks(reply, limit, wire=wire))

    def chunks(self, reply: Reply, limit: int, *, wire: int | None = None) -> Iterator[bytes]:
        """Yield the unpacked body in pieces as they arrive, with the limits of `read`."""
        shown = without_credentials(reply.url)
        coding = reply.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise InvalidIndexPage(shown, "Content-Encoding", f"{coding[:40]!r} was not asked for")
        sent = bounded(raw_chunks(reply.response), wire or self.limits.wire, shown, "bytes are read")
        if coding in ("identity", ""):
            yield from bounded(sent, limit, shown, "bytes are read")
        else:
            yield from bounded(unpacked(sent, shown), limit, shown, "bytes are unpacked")

    @contextmanager
    def _followed(self, url: str, headers: Mapping[str, str], method: str) -> Iterator[Reply]:
        auth = self._auth
        sent = {"User-Agent": self._agent, "Accept-Encoding": "gzip", **headers}
        for _ in range(self.limits.redirects + 1):
            shown = without_credentials(url)
            # Another origin, by a redirect or a file's address, gets no credentials, nor does a redirect back.
            auth = auth if origin_of(url) == self._origin else None
            host = urlsplit(url).netloc.lower()
            with self.limiter.slot(host, shown), self._requests.open(method, url, sent, auth) as response:
                status = response.status
                if status not in _WITH_BODY:
                    # Closed with a body to come, the connection would end.
                    pass_over_body(response)
                logger.debug("asked url=%s status=%s", shown, status)
                if status not in _REDIRECTS:
                    self.limiter.check_answer(host, shown, status, response.headers.get("Retry-After"))
                    check_status(shown, status)
                    yield Reply(status, response.headers, url, response)
                    return
                url = redirect_target(url, response.headers.get("Location"), shown)
        raise InvalidIndexPage(without_credentials(url), "Location", f"more than {self.limits.redirects} redirects")
