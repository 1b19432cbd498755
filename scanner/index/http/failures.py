"""What the HTTP libraries and the socket raise, in our own words; never with an address or what stood in it."""

from collections.abc import Iterator

import requests
import urllib3

from scanner.index.errors import (
    HostNotAllowed,
    IndexFault,
    IndexRefused,
    IndexUnavailable,
    InvalidIndexPage,
    NoSuchFile,
)
from scanner.index.http.address_guard import AddressRefused
from scanner.index.http.deadline import DeadlinePassed
from scanner.index.limits import Limits

FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, AddressRefused)


def check_status(shown: str, status: int) -> None:
    """Pass 200, 206, 304 and 416. Raises NoSuchFile, IndexRefused, IndexUnavailable."""
    if status in (200, 206, 304, 416):
        return
    if status in (404, 410):
        raise NoSuchFile(shown)
    if status in (401, 403, 407):
        raise IndexRefused(shown, f"status {status}", status)
    raise IndexUnavailable(shown, f"status {status}", status)


def fault_of(shown: str, error: BaseException, limits: Limits) -> IndexFault:
    """What one of FAILURES means for the caller."""
    causes = list(_causes(error))
    if any(isinstance(cause, AddressRefused) for cause in causes):
        return HostNotAllowed(shown)
    if any(isinstance(cause, urllib3.exceptions.IncompleteRead) for cause in causes):
        return InvalidIndexPage(shown, "body", "the answer was cut off")
    if any(isinstance(cause, DeadlinePassed) for cause in causes):
        return IndexUnavailable(shown, f"the answer was not complete after {limits.total:g} s")
    # Only the system's own words: a library's sentence may quote the whole address.
    words = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
        return IndexUnavailable(shown, f"no connection ({words or 'no reason given'})")
    if any(isinstance(cause, requests.exceptions.ConnectTimeout) for cause in causes):
        return IndexUnavailable(shown, f"no connection within {limits.connect:g} s")
    if any(isinstance(cause, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError) for cause in causes):
        return IndexUnavailable(shown, f"silent for {limits.silence:g} s")
    if any(isinstance(cause, requests.exceptions.SSLError | urllib3.exceptions.SSLError) for cause in causes):
        return IndexUnavailable(shown, "its certificate cannot be trusted")
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        return IndexUnavailable(shown, "the proxy cannot be used")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return IndexUnavailable(shown, "its address cannot be used")
    return IndexUnavailable(shown, f"the connection failed ({words or type(causes[-1]).__name__})")


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
