"""The API of GitHub, version 2022-11-28."""

from __future__ import annotations

from urllib.parse import urlencode

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, ChangeText, CommitStatus
from projects.hosts.api.fields import record, records
from projects.hosts.api.pulls import (
    add_pull_comment,
    post_pull_status,
    read_pull,
    repository_path,
    update_pull,
    update_pull_comment,
)


def headers(api: HostApi) -> dict[str, str]:
    """Return the headers of each request."""
    return {
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "Authorization": f"Bearer {api.token}",
        "User-Agent": "wheelway",
    }


def find_request(api: HostApi, branch: str) -> ChangeRequest | None:
    """Return the newest pull request from a branch of the repository itself, whatever its state."""
    owner = api.repository.partition("/")[0]
    query = urlencode({"head": f"{owner}:{branch}", "state": "all", "sort": "created", "direction": "desc"})
    found = call(api, headers(api), "GET", f"{repository_path(api)}/pulls?{query}")
    return next((_request(one) for one in records(found)), None)


def open_request(api: HostApi, branch: str, base: str, said: ChangeText) -> ChangeRequest:
    """Open a pull request from a branch of the repository into `base`."""
    document = {"title": said.title, "body": said.body, "head": branch, "base": base, "maintainer_can_modify": True}
    return _request(record(call(api, headers(api), "POST", f"{repository_path(api)}/pulls", document)))


def update_request(api: HostApi, at: int, said: ChangeText) -> ChangeRequest:
    """Change title and body of a pull request."""
    return _request(update_pull(api, headers(api), at, said))


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a commit status."""
    post_pull_status(api, headers(api), commit, status)


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the pull requests that have a commit."""
    found = call(api, headers(api), "GET", f"{repository_path(api)}/commits/{commit}/pulls")
    return [_request(one) for one in records(found)]


def add_comment(api: HostApi, at: int, text: str) -> str:
    """Comment on a pull request, and return the comment's id."""
    return add_pull_comment(api, headers(api), at, text)


def update_comment(api: HostApi, at: int, comment: str, text: str) -> None:
    """Change a comment."""
    update_pull_comment(api, headers(api), comment, text)


def _request(found: dict[str, object]) -> ChangeRequest:
    return read_pull(found, is_merged=bool(found.get("merged_at")))
