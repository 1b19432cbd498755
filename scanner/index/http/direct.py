"""Requests without what a session does for each: cookies, redirects, hooks, the environment, a second answer object.

requests decides once for each origin where its requests go and with which headers: the pool with its certificates, the
login of .netrc, the proxy. After that each goes straight to the pool, which takes a third of the time. Where a proxy
is to be used, the session sends every request.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.utils import select_proxy
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import LocationValueError

from scanner.index.http.failures import FAILURES
from scanner.index.limits import Limits

__all__ = ["DirectRequests", "pass_over_body"]

# An unwanted body of at most so many bytes is read nevertheless: a new connection costs more.
_SHORT_BODY = 4096

# A path that requests would send as it is: nothing to encode, no query, no dot segments.
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*/?")
# A page may name files on any number of hosts.
_MOST_ROUTES = 100


class _Route:
    """How requests to one origin are sent. `adapter` is None where the session sends them, through a proxy."""

    def __init__(self, session: requests.Session, url: str, auth: AuthBase | None) -> None:
        self._prepared = session.prepare_request(requests.Request("GET", url, auth=auth))
        address = self._prepared.url or ""
        found = session.merge_environment_settings(address, {}, stream=True, verify=None, cert=None)
        self._verify, self._cert = found["verify"], found["cert"]
        self._pool: Any = None
        self.headers = {name: str(value) for name, value in self._prepared.headers.items()}
        adapter = session.get_adapter(address)
        is_direct = isinstance(adapter, HTTPAdapter) and select_proxy(address, found["proxies"]) is None
        self.adapter: Any = adapter if is_direct else None

    def pool(self) -> HTTPConnectionPool:
        """Return the pool of the origin; the adapter closes those that it has not used for long."""
        pool: HTTPConnectionPool | None = self._pool
        if pool is None or pool.pool is None:
            try:
                pool = self.adapter.get_connection_with_tls_context(self._prepared, self._verify, cert=self._cert)
            except LocationValueError as error:
                raise requests.exceptions.InvalidURL(error) from None
            self.adapter.cert_verify(pool, self._prepared.url, self._verify, self._cert)
            self._pool = pool
        assert pool is not None
        return pool


class DirectRequests:
    """Sends requests of a session, whose adapters are those of requests. Safe to share between threads."""

    def __init__(self, session: requests.Session, limits: Limits) -> None:
        self._session = session
        self._limits = limits
        self._timeout = Timeout(connect=limits.connect, read=limits.silence)
        self._routes: dict[tuple[str, str, bool], _Route] = {}
        self._pid, self._lock = os.getpid(), threading.Lock()

    @contextmanager
    def open(
        self, method: str, url: str, headers: Mapping[str, str], auth: AuthBase | None
    ) -> Iterator[BaseHTTPResponse]:
        """Send a request, and provide the head of its answer, whatever its status; the body is still to be read.

        Raises one of FAILURES.
        """
        raw = self._send(method, url, headers, auth)
        try:
            yield raw
        finally:
            # Of a body that was not read to its end the rest would come first on this connection.
            raw.close()
            raw.release_conn()

    def _send(self, method: str, url: str, headers: Mapping[str, str], auth: AuthBase | None) -> BaseHTTPResponse:
        if self._pid != os.getpid():
            self._leave_connections()
        place = urlsplit(url)
        key = (place.scheme, place.netloc, auth is not None)
        route = self._routes.get(key)
        if route is None:
            route = _Route(self._session, url, auth)
            if len(self._routes) >= _MOST_ROUTES:
                self._routes.clear()
            self._routes[key] = route
        if route.adapter is None:
            return self._through_session(method, url, headers, auth)
        return route.pool().urlopen(
            method,
            _sent_path(url, place.path, is_plain=not (place.query or place.fragment)),
            headers={**route.headers, **headers},
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
            retries=route.adapter.max_retries,
            timeout=self._timeout,
        )

    def _leave_connections(self) -> None:
        """Leave the connections of a process that forked this one to it: each would read answers to the other."""
        with self._lock:
            if self._pid != os.getpid():
                self._routes.clear()
                self._session.close()
                self._pid = os.getpid()

    def _through_session(
        self, method: str, url: str, headers: Mapping[str, str], auth: AuthBase | None
    ) -> BaseHTTPResponse:
        raw: BaseHTTPResponse = self._session.request(
            method,
            url,
            headers=dict(headers),
            auth=auth,
            timeout=(self._limits.connect, self._limits.silence),
            allow_redirects=False,
            stream=True,
        ).raw
        return raw


def _sent_path(url: str, path: str, *, is_plain: bool) -> str:
    """Return what is sent of an address: path and query, encoded as requests does."""
    if is_plain and _PLAIN_PATH.fullmatch(path):
        return path or "/"
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.path_url


def pass_over_body(answer: BaseHTTPResponse) -> None:
    """Let the connection of an answer whose body nobody wants serve the next request, if that costs little."""
    left = answer.length_remaining
    if left and left <= _SHORT_BODY:
        with suppress(*FAILURES):
            answer.read(left, decode_content=False)
    if answer.length_remaining == 0:
        answer.release_conn()
