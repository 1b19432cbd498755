"""The API of GitLab, version 4."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, ChangeText, RequestState
from projects.hosts.api.fields import number, record, records, text

_STATES = {"opened": RequestState.OPEN, "merged": RequestState.MERGED}


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
