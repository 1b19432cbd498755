"""Opening of change requests and keeping them up to date: never forced over commits of others."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, parse_clone_url
from projects.domain.webhooks.payload_fields import InvalidField
from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import ChangeRequest, RequestState
from projects.hosts.api.find import RequestClient, push_remote, request_client
from projects.hosts.errors import BranchMoved, HostError, HostUnavailable
from projects.hosts.git_branch import BranchWriter, PatchCommit, open_branch
from projects.models import MoveRequest
from projects.models.repository import Repository
from projects.models.sealed import SealBroken
from projects.presentation.move_request_text import OTHERS_COMMITTED
from projects.services.endpoints.announce import announce
from projects.services.host_access import clear_api_error, host_api, store_api_error
from projects.services.move_requests.wanted import WantedRequest, wanted_request
from projects.services.renewal import renewed
from projects.services.webhooks.process import BACKOFF
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE, REASON_MAX
from projects.services.webhooks.take_files import git_limits
from scanner.domain.translation import noop

# Stored in English; pages translate them.
NO_TOKEN = noop("the repository has no token for the API of its host")
NO_REQUESTS = noop("change requests are not opened at this kind of host")
NOTHING_CHANGES = noop("no file has to change")
NEWER_COMMITS = noop("waits until the newest commits of the branch are assessed")
_State = MoveRequest.State
_FINISHED = {RequestState.MERGED: _State.MERGED, RequestState.CLOSED: _State.CLOSED}


class _Ended(Exception):
    """A request that ends in another state, or waits in its own."""

    def __init__(self, reason: str = "", state: str = "") -> None:
        super().__init__(reason)
        self.reason, self.state = reason, state


def work_on_request(request_id: int, now: datetime) -> int | None:
    """Open a request, or bring it up to date. Return None when done, else the number of seconds after which to retry.

    Contacts the repository's host. May be called twice or concurrently: only one caller claims the row, and what is
    as it should be is left alone.
    """
    if not MoveRequest.objects.claim(request_id, now):
        return None
    request = MoveRequest.objects.select_related("project", "repository__project").get(pk=request_id)
    try:
        with renewed(lambda moment: MoveRequest.objects.renew_claim(request_id, moment)):
            _bring_up_to_date(request, now)
        _release(request, state=_State.OPEN, reason="", attempts=0)
    except _Ended as ended:
        _release(request, state=ended.state or request.state, reason=ended.reason, attempts=0)
    except HostUnavailable as problem:
        if request.attempts <= len(BACKOFF):
            _release(request, reason=str(problem))
            return BACKOFF[request.attempts - 1]
        _fail(request, problem)
    except HostError as problem:
        _fail(request, problem)
    except (InvalidCloneUrl, InvalidField) as problem:
        _fail(request, str(problem))
    except SealBroken:
        _fail(request, CREDENTIALS_UNREADABLE)
    return None


def _bring_up_to_date(request: MoveRequest, now: datetime) -> None:
    wanted = wanted_request(request, now)
    if isinstance(wanted, str):
        raise _Ended(wanted)
    if request.state == _State.OPEN and request.digest == wanted.digest:
        return
    api, client = _api(request.repository)
    found = client.find_request(api, request.branch)
    if found is not None and found.number == request.number and found.state is not RequestState.OPEN:
        raise _Ended(state=_FINISHED[found.state])
    is_open = found is not None and found.state is RequestState.OPEN
    try:
        with open_branch(push_remote(api, parse_clone_url(request.repository.clone_url)), git_limits()) as writer:
            _write(request, writer, wanted)
    except BranchMoved:
        if found is not None and is_open:
            client.add_comment(api, found.number, OTHERS_COMMITTED)
        raise _Ended(OTHERS_COMMITTED, _State.STOPPED) from None
    _say(request, api, client, wanted, found if is_open else None)
    clear_api_error(request.repository)
    _save(request, digest=wanted.digest, updated_at=now)


def _api(repository: Repository) -> tuple[HostApi, RequestClient]:
    api = host_api(repository)
    if api is None:
        raise _Ended(NO_TOKEN, _State.FAILED)
    client = request_client(api)
    if client is None:
        raise _Ended(NO_REQUESTS, _State.FAILED)
    return api, client


def _write(request: MoveRequest, writer: BranchWriter, wanted: WantedRequest) -> None:
    """Push the commit that the branch lacks. Raises BranchMoved where the branch has a commit that is not ours."""
    if writer.head(request.repository.branch) != wanted.base:
        raise _Ended(NEWER_COMMITS)
    before = writer.head(request.branch)
    if before not in (None, request.head_commit, request.pushing_commit):
        raise BranchMoved(writer.host)
    if before is None and not wanted.patch:
        raise _Ended(NOTHING_CHANGES, _State.FAILED)
    made = PatchCommit(
        base=wanted.base,
        before=before,
        base_is_known=before == request.head_commit and request.base_commit == wanted.base,
        patch=wanted.patch.encode(),
        paths=wanted.paths,
        message=wanted.message,
        author=_author(),
    )
    commit = writer.commit(made)
    if commit != before:
        _save(request, pushing_commit=commit)
        writer.push(commit, request.branch)
    _save(request, head_commit=commit, base_commit=wanted.base, pushing_commit="")


def _say(
    request: MoveRequest, api: HostApi, client: RequestClient, wanted: WantedRequest, found: ChangeRequest | None
) -> None:
    """Open the request, which is announced, or change its text."""
    opened = found is None
    if found is None:
        found = client.open_request(api, request.branch, request.repository.branch, wanted.text)
    elif (found.title, found.body) != (wanted.text.title, wanted.text.body):
        client.update_request(api, found.number, wanted.text)
    with transaction.atomic():
        _save(request, number=found.number, url=found.url, state=_State.OPEN)
        if opened:
            project = request.project
            event = EndpointEvent(EventKind.MOVE_OPENED, project.slug, request.target, link=found.url)
            announce(project, [event], timezone.now())


def _author() -> tuple[str, str]:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return name or "Wheelway", address or "wheelway@localhost"


def _fail(request: MoveRequest, problem: HostError | str) -> None:
    """Store the failure. A request that is open stays so: what changes next may be written again."""
    store_api_error(request.repository, problem)
    state = _State.FAILED if request.state == _State.WAITING else request.state
    _release(request, state=state, reason=str(problem), attempts=0)


def _release(request: MoveRequest, **values: object) -> None:
    values["reason"] = str(values.get("reason", ""))[:REASON_MAX]
    _save(request, claimed_at=None, **values)


def _save(request: MoveRequest, **values: object) -> None:
    for name, value in values.items():
        setattr(request, name, value)
    MoveRequest.objects.filter(pk=request.pk).update(**values)
