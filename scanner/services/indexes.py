"""The index that a poll talks to: its row and its client."""

from __future__ import annotations

from functools import cache, lru_cache

from django.conf import settings

from scanner.index.client import IndexClient
from scanner.index.default import BadPipConfiguration, default_ca_bundle, default_index_url, without_credentials
from scanner.index.gate import Gate, Politeness
from scanner.models import Index

# The first two are handed on: the team's side enters the scanner through its services only.
__all__ = ["BadPipConfiguration", "IndexClient", "client_for", "configured_index_url", "get_index", "host_gate"]


def configured_index_url() -> str:
    """The address from the setting, else the one pip on this machine would use. It may hold credentials."""
    return settings.WHEELWAY_INDEX_URL or default_index_url()


def get_index(url: str | None = None) -> Index:
    """The row of an index, made on first use; its address is stored without credentials."""
    index, _ = Index.objects.get_or_create(url=without_credentials(url or configured_index_url()))
    return index


@lru_cache(maxsize=8)
def client_for(url: str) -> IndexClient:
    """One client a process and address, so that connections are kept."""
    return IndexClient(url, contact=settings.WHEELWAY_CONTACT, gate=host_gate(), ca_bundle=default_ca_bundle())


@cache
def host_gate() -> Gate:
    """The politeness of this process towards every host."""
    return Gate(politeness=Politeness(places=settings.WHEELWAY_INDEX_CONNECTIONS))
