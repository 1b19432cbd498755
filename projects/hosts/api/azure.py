"""The API of Azure DevOps, version 7.1. Its root is the address of the organization or collection."""

from __future__ import annotations

import base64
from urllib.parse import quote

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import STATUS_NAME, ChangeRequest, CommitStatus, RequestState, StatusState
from projects.hosts.api.fields import number, record, records, text

_VERSION = "api-version=7.1"
_STATES = {"active": RequestState.OPEN, "completed": RequestState.MERGED}
_STATUSES = {StatusState.SUCCESS: "succeeded", StatusState.FAILURE: "failed", StatusState.PENDING: "pending"}


def headers(api: HostApi) -> dict[str, str]:
    """Return the headers of each request."""
    login = base64.b64encode(f":{api.token}".encode()).decode("ascii")
    return {"Accept": "application/json", "Authorization": f"Basic {login}", "User-Agent": "wheelway"}


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a commit status; the newest of a context is shown."""
    document = {
        "state": _STATUSES[status.state],
        "description": status.text,
        "targetUrl": status.url,
        "context": {"name": STATUS_NAME, "genre": "dependencies"},
    }
    call(api, headers(api), "POST", f"{_repository_path(api)}/commits/{commit}/statuses?{_VERSION}", document)


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the pull requests whose source has a commit, or that merged it."""
    asked = {"queries": [{"type": kind, "items": [commit]} for kind in ("commit", "lastMergeCommit")]}
    path = f"{_repository_path(api)}/pullrequestquery?{_VERSION}"
    found: dict[int, ChangeRequest] = {}
    for answer in records(record(call(api, headers(api), "POST", path, asked)).get("results")):
        for one in records(answer.get(commit)):
            found.setdefault(number(one, "pullRequestId"), _request(one))
    return list(found.values())


def add_comment(api: HostApi, at: int, said: str) -> str:
    """Comment on a pull request in a thread that is closed, and return the ids of thread and comment."""
    document = {"comments": [{"parentCommentId": 0, "content": said, "commentType": 1}], "status": 4}
    path = f"{_repository_path(api)}/pullRequests/{at}/threads?{_VERSION}"
    thread = record(call(api, headers(api), "POST", path, document))
    first = next((number(one, "id") for one in records(thread.get("comments"))), 1)
    return f"{number(thread, 'id')}/{first}"


def update_comment(api: HostApi, at: int, comment: str, said: str) -> None:
    """Change a comment."""
    thread, _, one = comment.partition("/")
    path = f"{_repository_path(api)}/pullRequests/{at}/threads/{quote(thread)}/comments/{quote(one)}?{_VERSION}"
    call(api, headers(api), "PATCH", path, {"content": said})


def _repository_path(api: HostApi) -> str:
    project, _, name = api.repository.rpartition("/")
    return f"/{quote(project)}/_apis/git/repositories/{quote(name)}"


def _request(found: dict[str, object]) -> ChangeRequest:
    return ChangeRequest(
        number(found, "pullRequestId"),
        text(found, "url"),
        _STATES.get(text(found, "status"), RequestState.CLOSED),
        text(found, "title"),
        text(found, "description"),
        text(found, "sourceRefName").removeprefix("refs/heads/"),
        text(record(found.get("lastMergeSourceCommit")), "commitId"),
    )
