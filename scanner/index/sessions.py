"""HTTP sessions: one for addresses of the operator, one for addresses of users."""

import os
from collections.abc import Collection, Hashable
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests

from scanner.index.http.address_guard import GuardedAdapter
from scanner.index.http.deadline import DeadlineAdapter

# Connections that are kept for the next request; the host limiter bounds how many are used.
_KEPT: dict[str, Any] = {"pool_connections": 8, "pool_maxsize": 64, "max_retries": 0}


class _Session(requests.Session):
    """A session that follows no redirects: requests would read a redirect's whole body, however large.

    The environment (proxies, certificates) is read once for each host, since reading it takes as long as a request.
    """

    def __init__(self) -> None:
        super().__init__()
        self._environment: dict[Hashable, dict[str, Any]] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Return what the environment says of a request, in a dictionary of the caller's own."""
        place = urlsplit(url)
        key = (place.scheme, place.netloc, self.trust_env, self.verify, stream, verify, cert)
        if proxies or key not in self._environment:
            found = super().merge_environment_settings(url, proxies, stream, verify, cert)
            if proxies:
                return dict(found)
            self._environment[key] = dict(found)
        known = self._environment[key]
        return {**known, "proxies": dict(known["proxies"])}

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None, so that no redirect is prepared."""
        return None


def trusting_session() -> requests.Session:
    """Return a session for an address of the operator: any host, through the proxies in the environment."""
    return _with(DeadlineAdapter(**_KEPT))


def guarded_session(allowed_hosts: Collection[str]) -> requests.Session:
    """Return a session for an address of a user: public hosts and the allowed ones.

    Of the environment only the certificates count. A proxy would resolve names without the address check, and .netrc
    holds the operator's credentials.
    """
    session = _with(GuardedAdapter(allowed_hosts, **_KEPT))
    session.trust_env = False
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if bundle:
        session.verify = bundle
    return session


def _with(adapter: DeadlineAdapter) -> requests.Session:
    session = _Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
