"""The API of GitLab, version 4."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import (
    STATUS_NAME,
    ChangeRequest,
    ChangeText,
    CommitStatus,
    RequestState,
    StatusState,
)
from projects.hosts.api.fields import number, record, records, text
from projects.hosts.errors import HostRefused

_STATES = {"opened": RequestState.OPEN, "merged": RequestState.MERGED}
_STATUSES = {StatusState.SUCCESS: "success", StatusState.FAILURE: "failed", StatusState.PENDING: "pending"}


def headers(api: HostApi) -> dict[str, str]:
    """Return the headers of each request."""
    return {"Accept": "application/json", "PRIVATE-TOKEN": api.token, "User-Agent": "wheelway"}


def find_request(api: HostApi, branch: str) -> ChangeRequest | None:
    """Return the newest merge request from a branch, whatever its state."""
    query = urlencode({"source_branch": branch, "state": "all", "order_by": "created_at", "sort": "desc"})
    found = call(api, headers(api), "GET", f"{repository_path(api)}/merge_requests?{query}")
    return next((_request(one) for one in records(found)), None)


def open_request(api: HostApi, branch: str, base: str, said: ChangeText) -> ChangeRequest:
    """Open a merge request from a branch into `base`. Merging removes the branch."""
    document = {
        "title": said.title,
        "description": said.body,
        "source_branch": branch,
        "target_branch": base,
        "remove_source_branch": True,
    }
    return _request(record(call(api, headers(api), "POST", f"{repository_path(api)}/merge_requests", document)))


def update_request(api: HostApi, at: int, said: ChangeText) -> ChangeRequest:
    """Change title and description of a merge request."""
    document = {"title": said.title, "description": said.body}
    path = f"{repository_path(api)}/merge_requests/{at}"
    return _request(record(call(api, headers(api), "PUT", path, document)))


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a commit status. One that is the same already is refused by the host, and stays."""
    document = {
        "state": _STATUSES[status.state],
        "description": status.text,
        "target_url": status.url,
        "name": STATUS_NAME,
    }
    try:
        call(api, headers(api), "POST", f"{repository_path(api)}/statuses/{commit}", document)
    except HostRefused as error:
        if "cannot transition" not in error.said.lower():
            raise


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the merge requests that have a commit."""
    found = call(api, headers(api), "GET", f"{repository_path(api)}/repository/commits/{commit}/merge_requests")
    return [_request(one) for one in records(found)]


def add_comment(api: HostApi, at: int, said: str) -> str:
    """Comment on a merge request, and return the note's id."""
    path = f"{repository_path(api)}/merge_requests/{at}/notes"
    return str(number(record(call(api, headers(api), "POST", path, {"body": said})), "id"))


def update_comment(api: HostApi, at: int, comment: str, said: str) -> None:
    """Change a note."""
    path = f"{repository_path(api)}/merge_requests/{at}/notes/{quote(comment)}"
    call(api, headers(api), "PUT", path, {"body": said})


def repository_path(api: HostApi) -> str:
    """Return the path of the repository below the root of the API: its name is one segment."""
    return f"/projects/{quote(api.repository, safe='')}"


def _request(found: dict[str, object]) -> ChangeRequest:
    return ChangeRequest(
        number(found, "iid"),
        text(found, "web_url"),
        _STATES.get(text(found, "state"), RequestState.CLOSED),
        text(found, "title"),
        text(found, "description"),
        text(found, "source_branch"),
        text(found, "sha"),
    )
