"""The API of Gitea and Forgejo, version 1."""

from __future__ import annotations

from urllib.parse import urlencode

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, ChangeText, CommitStatus
from projects.hosts.api.fields import record, records, text
from projects.hosts.api.pulls import (
    add_pull_comment,
    post_pull_status,
    read_pull,
    repository_path,
    update_pull,
    update_pull_comment,
)
from projects.hosts.errors import TokenRefused

_PAGE = 50
_PAGES = 20


def headers(api: HostApi) -> dict[str, str]:
    """Return the headers of each request."""
    return {"Accept": "application/json", "Authorization": f"token {api.token}", "User-Agent": "wheelway"}


def find_request(api: HostApi, branch: str) -> ChangeRequest | None:
    """Return the newest pull request from a branch of the repository itself, whatever its state.

    The API cannot filter by branch: the newest ones are looked through.
    """
    for page in range(1, _PAGES + 1):
        query = urlencode({"state": "all", "limit": _PAGE, "page": page})
        found = list(records(call(api, headers(api), "GET", f"{repository_path(api)}/pulls?{query}")))
        for one in found:
            head = record(one.get("head"))
            own = text(record(head.get("repo")), "full_name").lower() == api.repository.lower()
            if text(head, "ref") == branch and own:
                return _request(one)
        if not found:
            return None
    return None


def open_request(api: HostApi, branch: str, base: str, said: ChangeText) -> ChangeRequest:
    """Open a pull request from a branch of the repository into `base`."""
    document = {"title": said.title, "body": said.body, "head": branch, "base": base}
    return _request(record(call(api, headers(api), "POST", f"{repository_path(api)}/pulls", document)))


def update_request(api: HostApi, at: int, said: ChangeText) -> ChangeRequest:
    """Change title and body of a pull request."""
    return _request(update_pull(api, headers(api), at, said))


def post_status(api: HostApi, commit: str, status: CommitStatus) -> None:
    """Post a commit status."""
    post_pull_status(api, headers(api), commit, status)


def requests_of_commit(api: HostApi, commit: str) -> list[ChangeRequest]:
    """Return the pull request that merged a commit, or whose head it is."""
    try:
        return [_request(record(call(api, headers(api), "GET", f"{repository_path(api)}/commits/{commit}/pull")))]
    except TokenRefused as error:
        if error.status != 404:
            raise
    # It is not merged: the open ones are looked through.
    query = urlencode({"state": "open", "limit": _PAGE})
    found = call(api, headers(api), "GET", f"{repository_path(api)}/pulls?{query}")
    return [_request(one) for one in records(found) if text(record(one.get("head")), "sha") == commit]


def add_comment(api: HostApi, at: int, said: str) -> str:
    """Comment on a pull request, and return the comment's id."""
    return add_pull_comment(api, headers(api), at, said)


def update_comment(api: HostApi, at: int, comment: str, said: str) -> None:
    """Change a comment."""
    update_pull_comment(api, headers(api), comment, said)


def _request(found: dict[str, object]) -> ChangeRequest:
    return read_pull(found, is_merged=found.get("merged") is True)
