"""The change requests of a move, for its page."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch
from msgspec import Struct

from projects.hosts.api.find import PROVIDERS_WITH_REQUESTS
from projects.models import MoveRequest, Project, Repository
from projects.presentation.host_steps import refused_token
from projects.selectors.failures import failure_text


class MoveRequestLine(Struct, frozen=True):
    """One repository and its request for the move. `state` is empty where there is none.

    - can_ask: whether a member may have it opened now; again: whether it was opened before.
    - next_step: what the token of the API lacks.
    """

    repository: int
    clone_url: str
    has_token: bool
    state: str
    number: int
    url: str
    reason: str
    next_step: str
    updated_at: datetime | None
    can_ask: bool
    again: bool


class MoveRequestList(Struct, frozen=True):
    """The lines of a move. `is_waiting`: one of the requests is being opened."""

    lines: tuple[MoveRequestLine, ...]
    is_waiting: bool


def move_request_list(project: Project, target: str) -> MoveRequestList:
    """Return a line for each repository at whose host requests can be opened. Two queries at most."""
    requests = Prefetch("move_requests", MoveRequest.objects.filter(target=target), to_attr="requests_of_move")
    found = Repository.objects.followed().filter(project=project, provider__in=PROVIDERS_WITH_REQUESTS)
    repositories = list(found.order_by("pk").prefetch_related(requests))
    waits = any(request.state == MoveRequest.State.WAITING for one in repositories for request in _requests(one)[:1])
    return MoveRequestList(tuple(map(_line, repositories)), waits)


def _requests(repository: Repository) -> list[MoveRequest]:
    """Return the requests of the move, as they were fetched with the repository."""
    found: list[MoveRequest] = getattr(repository, "requests_of_move", [])
    return found


def _line(repository: Repository) -> MoveRequestLine:
    requests = _requests(repository)
    request = requests[0] if requests else None
    state = request.state if request is not None else ""
    is_followed = state in (MoveRequest.State.OPEN, MoveRequest.State.WAITING)
    return MoveRequestLine(
        repository=repository.pk,
        clone_url=repository.clone_url,
        has_token=bool(repository.api_token),
        state=request.get_state_display() if request is not None else "",
        number=request.number if request is not None else 0,
        # The host says the address: nothing but a page is linked.
        url=request.url if request is not None and request.url.startswith(("https://", "http://")) else "",
        reason=failure_text(request.reason) if request is not None else "",
        next_step=refused_token(repository.provider, repository.api_status),
        updated_at=request.updated_at if request is not None else None,
        can_ask=bool(repository.api_token) and not is_followed,
        again=request is not None,
    )
