"""Pull requests, their comments and commit statuses as the APIs of GitHub, Gitea and Forgejo write them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import STATUS_NAME, ChangeRequest, ChangeText, CommitStatus, RequestState
from projects.hosts.api.fields import number, record, text


def repository_path(api: HostApi) -> str:
    """Return the path of the repository below the root of the API."""
    return f"/repos/{quote(api.repository)}"


def update_pull(api: HostApi, headers: Mapping[str, str], at: int, said: ChangeText) -> dict[str, object]:
    """Change title and body of a pull request, and return it as the host has it."""
    document = {"title": said.title, "body": said.body}
    return record(call(api, headers, "PATCH", f"{repository_path(api)}/pulls/{at}", document))


def read_pull(found: dict[str, object], *, is_merged: bool) -> ChangeRequest:
    """Return a pull request, given what the host's own field for merged ones says."""
    head = record(found.get("head"))
    state = RequestState.OPEN if text(found, "state") == "open" else RequestState.CLOSED
    return ChangeRequest(
        number(found, "number"),
        text(found, "html_url"),
        RequestState.MERGED if is_merged else state,
        text(found, "title"),
        text(found, "body"),
        text(head, "ref"),
        text(head, "sha"),
    )


def post_pull_status(api: HostApi, headers: Mapping[str, str], commit: str, status: CommitStatus) -> None:
    """Post a commit status."""
    document = {
        "state": status.state.value,
        "description": status.text,
        "target_url": status.url,
        "context": STATUS_NAME,
    }
    call(api, headers, "POST", f"{repository_path(api)}/statuses/{commit}", document)


def add_pull_comment(api: HostApi, headers: Mapping[str, str], at: int, text: str) -> str:
    """Comment on a pull request, and return the comment's id."""
    path = f"{repository_path(api)}/issues/{at}/comments"
    return str(number(record(call(api, headers, "POST", path, {"body": text})), "id"))


def update_pull_comment(api: HostApi, headers: Mapping[str, str], comment: str, text: str) -> None:
    """Change a comment."""
    call(api, headers, "PATCH", f"{repository_path(api)}/issues/comments/{quote(comment)}", {"body": text})
