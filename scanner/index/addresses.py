"""An index's address, as the clients show it."""

from scanner.domain.addresses import without_credentials as without_credentials
