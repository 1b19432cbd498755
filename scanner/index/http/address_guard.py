"""Connections for addresses of users: never to an address that only this machine or its network can reach.

The rule (scanner.domain.network) is checked for each connection: to an index, a redirect's target or a file's host. The
connection goes to the address that was checked; the name is not resolved a second time.
"""

import socket
from collections.abc import Collection
from functools import partial
from typing import Any

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from scanner.domain.network import may_connect
from scanner.index.http.deadline import DeadlineAdapter, PlainConnection, PlainPool, SecureConnection, SecurePool


class AddressRefused(Exception):
    """A host name with an address that users may not reach. Nothing was sent."""


class _Guarded:
    """A connection that checks its addresses. TLS still checks the certificate against the name."""

    allowed_hosts: Collection[str] = ()
    # Attributes of urllib3's connections.
    host: str
    port: int
    timeout: Any
    source_address: Any
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        connection: Any = self
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, connection, error) from None
        except UnicodeError as error:
            raise NewConnectionError(connection, "its name cannot be resolved") from error
        addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        if not may_connect(self.host, addresses, self.allowed_hosts):
            raise AddressRefused
        failure: OSError | None = None
        for address in addresses:
            try:
                return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(connection, "no connection in time") from failure
        raise NewConnectionError(connection, "no connection") from failure


class _PlainConnection(_Guarded, PlainConnection):
    """An http connection."""


class _SecureConnection(_Guarded, SecureConnection):
    """An https connection."""


class _Pool:
    """A pool that passes the allowed hosts to its connections."""

    def __init__(self, allowed_hosts: Collection[str], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._allowed_hosts = allowed_hosts

    def _new_conn(self) -> Any:
        pool: Any = super()
        connection = pool._new_conn()  # noqa: SLF001  # Where urllib3's pools make their connections.
        connection.allowed_hosts = self._allowed_hosts
        return connection


class _PlainPool(_Pool, PlainPool):
    ConnectionCls = _PlainConnection


class _SecurePool(_Pool, SecurePool):
    ConnectionCls = _SecureConnection


class GuardedAdapter(DeadlineAdapter):
    """An adapter of requests with guarded connections. allowed_hosts: names whose addresses need not be public."""

    def __init__(self, allowed_hosts: Collection[str], **keywords: Any) -> None:
        self._allowed_hosts = tuple(allowed_hosts)
        super().__init__(**keywords)

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        """Create the pools with guarded connections."""
        super().init_poolmanager(*arguments, **keywords)
        pools = {"http": partial(_PlainPool, self._allowed_hosts), "https": partial(_SecurePool, self._allowed_hosts)}
        self.poolmanager.pool_classes_by_scheme = pools

    def proxy_manager_for(self, *arguments: Any, **keywords: Any) -> Any:
        """Raise AddressRefused: a proxy resolves names itself, without the check."""
        raise AddressRefused
