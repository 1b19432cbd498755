"""Requests to addresses of users that are not indexes: bounded, without redirects, through the address check."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import closing

from msgspec import Struct

from scanner.index.errors import IndexHostNotAllowed, IndexUnavailable, InvalidIndexPage
from scanner.index.http.bodies import bounded, raw_chunks
from scanner.index.http.deadline import time_limit
from scanner.index.http.failures import FAILURES, fault_of
from scanner.index.limits import Limits
from scanner.index.sessions import guarded_session

_LIMITS = Limits(connect=10.0, silence=20.0, total=30.0, body=2_000_000)


class OutboundAnswer(Struct, frozen=True):
    """An answer. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundFailed(Exception):
    """A request without a usable answer. The message is a clause without the address."""


class OutboundRefused(OutboundFailed):
    """A request that was not sent: the address is not public, and the operator does not list its host."""


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    allowed_hosts: Collection[str],
    document: object | None = None,
    body: bytes | None = None,
) -> OutboundAnswer:
    """Send one request and return the answer whatever its status; a redirect is an answer.

    It has `document` as JSON, or `body`, which is JSON already. Raises OutboundRefused, OutboundFailed.
    """
    if document is not None:
        body = json.dumps(document).encode()
    sent = {"Accept-Encoding": "identity", **({} if body is None else {"Content-Type": "application/json"}), **headers}
    try:
        with guarded_session(allowed_hosts) as session, time_limit(_LIMITS.total):
            response = session.request(
                method,
                url,
                data=body,
                headers=sent,
                timeout=(_LIMITS.connect, _LIMITS.silence),
                allow_redirects=False,
                stream=True,
            )
            with closing(response):
                content = b"".join(bounded(raw_chunks(response.raw), _LIMITS.body, "", "bytes are read"))
                found = {name.lower(): value for name, value in response.headers.items()}
                return OutboundAnswer(response.status_code, found, content)
    except InvalidIndexPage as error:
        raise OutboundFailed(error.message) from None
    except FAILURES as error:
        fault = fault_of("", error, _LIMITS)
        if isinstance(fault, IndexHostNotAllowed):
            raise OutboundRefused(fault.reason) from None
        reason = fault.reason if isinstance(fault, IndexUnavailable) else "the answer was cut off"
        raise OutboundFailed(reason) from None
