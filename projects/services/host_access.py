"""Access to the APIs of repository hosts with the token of a repository, and what its refusal leaves on the page."""

from __future__ import annotations

from django.conf import settings

from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.hosts.api.call import HostApi
from projects.hosts.api.find import api_of
from projects.hosts.errors import HostError, TokenRefused
from projects.models.repository import Repository

_MOST_SAID = 500


def host_api(repository: Repository) -> HostApi | None:
    """Return the API of a repository, None where its host has none that is known, or there is no token.

    Raises InvalidCloneUrl, SealBroken.
    """
    if not repository.api_token or not repository.clone_url:
        return None
    return api_of(
        repository.provider,
        parse_clone_url(repository.clone_url),
        repository.api_token.reveal(),
        root=repository.api_url,
        allowed_hosts=settings.WHEELWAY_ALLOW_PRIVATE_HOSTS,
    )


def store_api_error(repository: Repository, error: HostError | str) -> None:
    """Store the failure for the page of the repository."""
    status = error.status if isinstance(error, TokenRefused) else 0
    Repository.objects.filter(pk=repository.pk).update(api_error=str(error)[:_MOST_SAID], api_status=status)


def clear_api_error(repository: Repository) -> None:
    """Forget the last failure: the API has answered."""
    Repository.objects.filter(pk=repository.pk).exclude(api_error="").update(api_error="", api_status=0)
