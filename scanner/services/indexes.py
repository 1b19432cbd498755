"""The indexes that polls talk to: their rows and their clients."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from scanner.domain.index_address import with_login, without_credentials
from scanner.index.client import IndexClient
from scanner.index.default_index import (
    InvalidPipConfiguration,
    default_ca_bundle,
    default_extra_index_urls,
    default_index_url,
    public_index_url,
)
from scanner.index.sessions import guarded_session
from scanner.models import Index
from scanner.services.rate_limits import host_limiter

# Some are handed on: the team's side enters the scanner through its services only.
__all__ = [
    "IndexClient",
    "InvalidPipConfiguration",
    "client_for",
    "client_of",
    "configured_extra_urls",
    "configured_index_url",
    "get_index",
    "host_limiter",
    "public_index_url",
]


def configured_index_url() -> str:
    """The address from the setting, else the one pip on this machine would use. It may hold credentials."""
    return settings.WHEELWAY_INDEX_URL or default_index_url()


def configured_extra_urls() -> list[str]:
    """The addresses that pip on this machine would ask beside, with their credentials; none where the setting names
    the index, because pip's configuration is not asked then.
    """
    return [] if settings.WHEELWAY_INDEX_URL else default_extra_index_urls()


def get_index(url: str | None = None) -> Index:
    """The row of an index that everybody shares, made on first use; its address is stored without credentials."""
    index, _ = Index.objects.get_or_create(url=without_credentials(url or configured_index_url()), scope="")
    return index


def client_of(index: Index) -> IndexClient:
    """The client of an index: of the configured one as the configuration gives it, of others with their sealed login.

    An index that belongs to somebody has a user's address: its client asks public hosts and those that the operator
    allows, nothing else. Raises SealBroken when the login was sealed with a key that is gone.
    """
    if not index.scope:
        configured = configured_index_url()
        return client_for(configured if index.url == without_credentials(configured) else index.url)
    return _guarded_client_for(
        with_login(index.url, index.login.reveal()), tuple(settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)
    )


@lru_cache(maxsize=64)
def client_for(url: str) -> IndexClient:
    """One client a process and address of the operator's, so that connections are kept."""
    return IndexClient(url, contact=settings.WHEELWAY_CONTACT, limiter=host_limiter(), ca_bundle=default_ca_bundle())


@lru_cache(maxsize=64)
def _guarded_client_for(url: str, allowed_hosts: tuple[str, ...]) -> IndexClient:
    return IndexClient(
        url,
        contact=settings.WHEELWAY_CONTACT,
        limiter=host_limiter(),
        session=guarded_session(allowed_hosts),
        ca_bundle=default_ca_bundle(),
    )
