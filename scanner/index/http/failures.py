"""Convert exceptions of the HTTP libraries and of sockets to IndexFault, without the addresses they quote."""

from collections.abc import Iterator

import requests
import urllib3

from scanner.domain import index_faults
from scanner.index.errors import (
    IndexFault,
    IndexHostNotAllowed,
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
    """Raise NoSuchFile, IndexRefused or IndexUnavailable unless the status is 200, 206, 304 or 416."""
    if status in (200, 206, 304, 416):
        return
    if status in (404, 410):
        raise NoSuchFile(shown)
    if status in (401, 403, 407):
        raise IndexRefused(shown, index_faults.STATUS.format(status=status), status)
    raise IndexUnavailable(shown, index_faults.STATUS.format(status=status), status)


def fault_of(shown: str, error: BaseException, limits: Limits) -> IndexFault:
    """Return the IndexFault for one of FAILURES."""
    causes = list(_causes(error))
    if any(isinstance(cause, AddressRefused) for cause in causes):
        return IndexHostNotAllowed(shown)
    if any(isinstance(cause, urllib3.exceptions.IncompleteRead) for cause in causes):
        return InvalidIndexPage(shown, "body", "the answer was cut off")
    if any(isinstance(cause, DeadlinePassed) for cause in causes):
        return IndexUnavailable(shown, index_faults.NOT_COMPLETE.format(seconds=f"{limits.total:g}"))
    # Only the system's own message: that of a library may quote the whole address.
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
        return IndexUnavailable(shown, index_faults.NO_CONNECTION.format(cause=reason or index_faults.NO_CAUSE))
    if any(isinstance(cause, urllib3.exceptions.ConnectTimeoutError) for cause in causes):
        return IndexUnavailable(shown, index_faults.NO_CONNECTION_WITHIN.format(seconds=f"{limits.connect:g}"))
    if any(isinstance(cause, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError) for cause in causes):
        return IndexUnavailable(shown, index_faults.SILENT.format(seconds=f"{limits.silence:g}"))
    if any(isinstance(cause, requests.exceptions.SSLError | urllib3.exceptions.SSLError) for cause in causes):
        return IndexUnavailable(shown, index_faults.UNTRUSTED)
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        return IndexUnavailable(shown, index_faults.PROXY_NOT_USABLE)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return IndexUnavailable(shown, index_faults.ADDRESS_NOT_USABLE)
    return IndexUnavailable(shown, index_faults.CONNECTION_FAILED.format(cause=reason or type(causes[-1]).__name__))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes, through the layers of the libraries."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
