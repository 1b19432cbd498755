"""An index's address, as the clients show it."""

from scanner.domain.addresses import without_credentials

__all__ = ["without_credentials"]
