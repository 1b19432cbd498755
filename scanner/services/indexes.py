"""Package indexes: their rows, their encrypted logins and their clients."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Q

from scanner.domain.index_address import (
    InvalidAddress,
    normalize_address,
    parse_address,
    with_login,
    without_credentials,
)
from scanner.domain.translation import noop
from scanner.index.client import IndexClient
from scanner.index.default_index import (
    InvalidPipConfiguration,
    default_ca_bundle,
    default_extra_index_urls,
    default_index_url,
    public_index_url,
)
from scanner.models import Index, Package, PackageState
from scanner.sealed import SealBroken, Sealed
from scanner.services.rate_limits import host_limiter

logger = logging.getLogger(__name__)

# Some names are re-exported: `projects` enters the scanner through its services only.
__all__ = [
    "IndexClient",
    "InvalidIndexAddress",
    "InvalidPipConfiguration",
    "client_for",
    "client_of",
    "configured_extra_urls",
    "configured_index_url",
    "delete_index",
    "get_index",
    "is_shared",
    "make_private_index",
    "public_index_url",
    "repoll_failed",
    "usable_client",
]


def configured_index_url() -> str:
    """Return the address from the setting, else the one that pip on this machine uses. It may hold credentials."""
    return settings.WHEELWAY_INDEX_URL or default_index_url()


def configured_extra_urls() -> list[str]:
    """Return the extra indexes in pip's configuration, with their credentials.

    None where the setting names the index, because pip's configuration is not read then.
    """
    return [] if settings.WHEELWAY_INDEX_URL else default_extra_index_urls()


def get_index(url: str | None = None) -> Index:
    """Return the row of a shared index, created on first use. Its address is stored without credentials."""
    index, _ = Index.objects.get_or_create(url=without_credentials(url or configured_index_url()), scope="")
    return index


def client_of(index: Index) -> IndexClient:
    """Return the client of an index: the configured one as configured, others with their encrypted login.

    A private index has a user's address: its client connects only to public hosts and to those that the operator
    allows. Raises SealBroken if the login was encrypted with a key that is not configured any more.
    """
    if not index.scope:
        configured = configured_index_url()
        return client_for(configured if index.url == without_credentials(configured) else index.url)
    return _guarded_client_for(
        with_login(index.url, index.login.reveal()), tuple(settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)
    )


def usable_client(index_id: int, connect: Callable[[], IndexClient]) -> IndexClient | None:
    """Return the client that `connect` makes, or None, with a log record, if the index's address or login is bad."""
    try:
        return connect()
    except SealBroken:
        logger.exception("index=%s its login was encrypted with a key that is not configured any more", index_id)
    except ValueError:
        logger.exception("index=%s its address cannot be used", index_id)
    return None


@lru_cache(maxsize=64)
def client_for(url: str) -> IndexClient:
    """Return the process's client for an address of the operator, so that connections are kept."""
    return IndexClient(url, contact=settings.WHEELWAY_CONTACT, limiter=host_limiter(), ca_bundle=default_ca_bundle())


@lru_cache(maxsize=64)
def _guarded_client_for(url: str, allowed_hosts: tuple[str, ...]) -> IndexClient:
    # Not at the top, as in the client.
    from scanner.index.sessions import guarded_session

    return IndexClient(
        url,
        contact=settings.WHEELWAY_CONTACT,
        limiter=host_limiter(),
        session=guarded_session(allowed_hosts),
        ca_bundle=default_ca_bundle(),
    )


class InvalidIndexAddress(Exception):
    """An address that no client can use. The message never holds the address."""


def make_private_index(address: str, scope: str, *, closes_releases: bool = False) -> int:
    """Create the row of an index that only `scope` sees, or store its new credentials. Return its key.

    Credentials in the address are encrypted and never shown again. Raises InvalidIndexAddress.
    """
    if not scope:
        raise ValueError("a private index needs a scope")
    try:
        login = parse_address(address.strip()).netloc.rpartition("@")[0]
        url = normalize_address(address.strip())
    except InvalidAddress as error:
        raise InvalidIndexAddress(str(error)) from None
    if len(url) > 500:
        raise InvalidIndexAddress(noop("an index address has no more than 500 characters"))
    facts = {"login": Sealed.of(login), "closes_releases": closes_releases}
    index, _ = Index.objects.update_or_create(url=url, scope=scope, defaults=facts)
    return index.pk


def is_shared(address: str) -> bool:
    """Return whether the address is that of the shared index, without credentials of its own."""
    has_login = "@" in address.partition("://")[2].partition("/")[0]
    return not has_login and without_credentials(address.strip()) == without_credentials(configured_index_url())


def repoll_failed(index_id: int, scope: str, now: datetime) -> None:
    """Make packages due that an index of this scope failed on or did not have, after its credentials changed.

    An index may hide from one login what it shows to another.
    """
    failed = Package.objects.filter(index=index_id, index__scope=scope).filter(
        Q(failures__gt=0) | Q(state=PackageState.MISSING)
    )
    failed.update(due_at=now, due_reason=noop("the index has other credentials"))


def delete_index(index_id: int, scope: str) -> None:
    """Delete an index of this scope with its credentials and its packages."""
    Package.objects.filter(index=index_id, index__scope=scope).exclude(index__scope="").delete()
    Index.objects.filter(pk=index_id, scope=scope).exclude(scope="").delete()
