"""The API of Bitbucket Cloud, version 2.0."""

from __future__ import annotations

from urllib.parse import quote

from projects.hosts.api.bitbucket import STATES, headers, status_document
from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, CommitStatus, RequestState
from projects.hosts.api.fields import number, record, records, text


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a build status, in the place of the last one."""
    call(api, headers(api), "POST", f"{_repository_path(api)}/commit/{commit}/statuses/build", status_document(status))


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the pull requests that have a commit. The first call makes the host index them: it answers none then."""
    found = record(call(api, headers(api), "GET", f"{_repository_path(api)}/commit/{commit}/pullrequests"))
    return [_request(one) for one in records(found.get("values"))]


def add_comment(api: HostApi, at: int, said: str) -> str:
    """Comment on a pull request, and return the comment's id."""
    path = f"{_repository_path(api)}/pullrequests/{at}/comments"
    return str(number(record(call(api, headers(api), "POST", path, {"content": {"raw": said}})), "id"))


def update_comment(api: HostApi, at: int, comment: str, said: str) -> None:
    """Change a comment."""
    path = f"{_repository_path(api)}/pullrequests/{at}/comments/{quote(comment)}"
    call(api, headers(api), "PUT", path, {"content": {"raw": said}})


def _repository_path(api: HostApi) -> str:
    return f"/repositories/{quote(api.repository)}"


def _request(found: dict[str, object]) -> ChangeRequest:
    source = record(found.get("source"))
    return ChangeRequest(
        number(found, "id"),
        text(record(record(found.get("links")).get("html")), "href"),
        STATES.get(text(found, "state"), RequestState.CLOSED),
        text(found, "title"),
        text(record(found.get("summary")), "raw"),
        text(record(source.get("branch")), "name"),
        text(record(source.get("commit")), "hash"),
    )
