"""Followed repositories with their last deliveries, without secrets, for the repository page."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from msgspec import Struct

from projects.models import Delivery, Project, Repository
from projects.models.repository import DELIVERIES_KEPT, Provider
from projects.presentation.host_steps import HostSteps, host_steps, refused_token
from projects.selectors.failures import failure_text

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class DeliveryLine(Struct, frozen=True):
    """One delivery of the list."""

    event: str
    state: str
    reason: str
    ref: str
    commit: str
    received_at: datetime


class RepositoryLine(Struct, frozen=True):
    """One followed repository, without secrets.

    `hook` is the URL of its webhook, which only this machine reaches if `is_local`; `api_step` is what its token lacks.
    """

    pk: int
    provider: str
    clone_url: str
    branch: str
    paths: tuple[str, ...]
    hook: str
    is_local: bool
    is_rotating: bool
    last_commit: str
    last_error: str
    checked_at: datetime | None
    steps: HostSteps
    has_token: bool
    reports_pushes: bool
    api_error: str
    api_step: str
    deliveries: tuple[DeliveryLine, ...]


def repository_lines(project: Project, public_url: str) -> list[RepositoryLine]:
    """Return the repositories that a project follows, oldest first, with their stored deliveries. Two queries."""
    repositories = list(Repository.objects.filter(project=project).order_by("pk"))
    rank = Window(RowNumber(), partition_by=F("repository"), order_by=F("pk").desc())
    newest = Delivery.objects.filter(repository__in=repositories).annotate(rank=rank).filter(rank__lte=DELIVERIES_KEPT)
    deliveries: dict[int, list[DeliveryLine]] = {}
    for found in newest.order_by("-pk").defer("payload"):
        deliveries.setdefault(found.repository_id, []).append(
            DeliveryLine(
                event=found.event,
                state=found.get_state_display(),
                reason=failure_text(found.reason),
                ref=found.ref.removeprefix("refs/heads/"),
                commit=found.commit[:7],
                received_at=found.received_at,
            )
        )
    return [_repository_line(found, public_url, deliveries.get(found.pk, [])) for found in repositories]


def _repository_line(found: Repository, public_url: str, deliveries: list[DeliveryLine]) -> RepositoryLine:
    view = "upload-hook" if found.provider == Provider.UPLOAD else "webhook"
    return RepositoryLine(
        pk=found.pk,
        provider=found.get_provider_display(),
        clone_url=found.clone_url,
        branch=found.branch,
        paths=tuple(found.paths),
        hook=public_url + reverse(view, args=[found.hook_key]),
        is_local=(urlsplit(public_url).hostname or "") in _LOOPBACK,
        is_rotating=bool(found.previous_secret),
        last_commit=found.last_commit[:7],
        last_error=failure_text(found.last_error),
        checked_at=found.checked_at,
        steps=host_steps(found.provider, found.clone_url),
        has_token=bool(found.api_token),
        reports_pushes=found.reports_pushes,
        api_error=failure_text(found.api_error),
        api_step=refused_token(found.provider, found.api_status),
        deliveries=tuple(deliveries),
    )
