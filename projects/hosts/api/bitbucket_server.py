"""The API of Bitbucket Data Center, from version 7.4 on."""

from __future__ import annotations

from urllib.parse import quote

from projects.hosts.api.bitbucket import STATES, headers, status_document
from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, CommitStatus, RequestState
from projects.hosts.api.fields import number, record, records, text


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a build status, in the place of the last one."""
    call(api, headers(api), "POST", f"{_repository_path(api)}/commits/{commit}/builds", status_document(status))


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the pull requests that have a commit."""
    found = record(call(api, headers(api), "GET", f"{_repository_path(api)}/commits/{commit}/pull-requests"))
    return [_request(one) for one in records(found.get("values"))]


def add_comment(api: HostApi, at: int, said: str) -> str:
    """Comment on a pull request, and return the comment's id."""
    path = f"{_repository_path(api)}/pull-requests/{at}/comments"
    return str(number(record(call(api, headers(api), "POST", path, {"text": said})), "id"))


def update_comment(api: HostApi, at: int, comment: str, said: str) -> None:
    """Change a comment, of the version that the host has now."""
    path = f"{_repository_path(api)}/pull-requests/{at}/comments/{quote(comment)}"
    version = number(record(call(api, headers(api), "GET", path)), "version")
    call(api, headers(api), "PUT", path, {"text": said, "version": version})


def _repository_path(api: HostApi) -> str:
    project, _, name = api.repository.partition("/")
    return f"/projects/{quote(project)}/repos/{quote(name)}"


def _request(found: dict[str, object]) -> ChangeRequest:
    source = record(found.get("fromRef"))
    pages = records(record(found.get("links")).get("self"))
    return ChangeRequest(
        number(found, "id"),
        next((text(one, "href") for one in pages), ""),
        STATES.get(text(found, "state"), RequestState.CLOSED),
        text(found, "title"),
        text(found, "description"),
        text(source, "displayId"),
        text(source, "latestCommit"),
    )
