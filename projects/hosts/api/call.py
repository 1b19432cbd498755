"""One call of a host's HTTP API, with the repository's token and the guard of outbound requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from projects.domain.failures import API_STATUS
from projects.hosts.errors import (
    HostNotAllowed,
    HostRefused,
    HostUnavailable,
    TokenRefused,
)
from scanner.domain.network import is_allow_listed
from scanner.domain.translation import noop
from scanner.services.outbound import OutboundAnswer, OutboundFailed, OutboundRefused, send

_MOST_SAID = 200


@dataclass(frozen=True, slots=True)
class HostApi:
    """The API of one repository: `root` is its address without a trailing slash, `repository` "group/app"."""

    provider: str
    root: str
    repository: str
    token: str = field(repr=False)
    allowed_hosts: Collection[str] = ()

    @property
    def host(self) -> str:
        """Name of the API's host, without a port."""
        return urlsplit(self.root).hostname or ""


def call(
    api: HostApi, headers: Mapping[str, str], method: str, path: str, document: object | None = None
) -> dict[str, object] | list[object]:
    """Send a request to `path` below the root, and return the JSON of the answer; an empty one is an empty object.

    Raises HostNotAllowed, HostUnavailable, TokenRefused (401, 403, 404), HostRefused (other 4xx).
    """
    if urlsplit(api.root).scheme != "https" and not is_allow_listed(api.host, api.allowed_hosts):
        raise HostNotAllowed(api.host, noop("a token is sent over https only"))
    try:
        answer = send(method, f"{api.root}{path}", headers=headers, allowed_hosts=api.allowed_hosts, document=document)
    except OutboundRefused as error:
        raise HostNotAllowed(api.host, str(error)) from None
    except OutboundFailed as error:
        raise HostUnavailable(api.host, str(error)) from None
    _check(api, answer)
    try:
        found: object = json.loads(answer.body or b"{}")
    except (ValueError, RecursionError):
        raise HostUnavailable(api.host, noop("its answer is not JSON")) from None
    if not isinstance(found, dict | list):
        raise HostUnavailable(api.host, noop("its answer is not the JSON of an API"))
    return found


def _check(api: HostApi, answer: OutboundAnswer) -> None:
    status = answer.status
    if status < 300:
        return
    if status < 400:
        raise HostNotAllowed(api.host, noop("its API redirects; use the address that it redirects to"))
    # GitHub answers 403 to too many requests, and says when the next one may come.
    is_throttled = status == 429 or (status == 403 and answer.headers.get("x-ratelimit-remaining") == "0")
    if is_throttled or answer.headers.get("retry-after"):
        raise HostUnavailable(api.host, noop("it asks for a pause"))
    if status in {401, 403, 404}:
        raise TokenRefused(api.host, status)
    if status >= 500:
        raise HostUnavailable(api.host, API_STATUS.format(status=status))
    raise HostRefused(api.host, status, _said(api, answer.body))


def _said(api: HostApi, body: bytes) -> str:
    """Return the message of an error, on one line and without the token."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = found.get("message", "") if isinstance(found, dict) else ""
    text = " ".join(str(said).split()).replace(api.token, "…") if api.token else ""
    return "".join(one for one in text if one.isprintable())[:_MOST_SAID]
