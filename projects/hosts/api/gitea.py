"""The API of Gitea and Forgejo, version 1."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from projects.hosts.api.call import HostApi, call
from projects.hosts.api.change_request import ChangeRequest, ChangeText, RequestState
from projects.hosts.api.fields import number, record, records, text

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
    document = {"title": said.title, "body": said.body}
    return _request(record(call(api, headers(api), "PATCH", f"{repository_path(api)}/pulls/{at}", document)))


def repository_path(api: HostApi) -> str:
    """Return the path of the repository below the root of the API."""
    return f"/repos/{quote(api.repository)}"


def _request(found: dict[str, object]) -> ChangeRequest:
    head = record(found.get("head"))
    state = RequestState.OPEN if text(found, "state") == "open" else RequestState.CLOSED
    return ChangeRequest(
        number(found, "number"),
        text(found, "html_url"),
        RequestState.MERGED if found.get("merged") is True else state,
        text(found, "title"),
        text(found, "body"),
        text(head, "ref"),
        text(head, "sha"),
    )
