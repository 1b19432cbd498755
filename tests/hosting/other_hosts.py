"""Statuses, comments and pull requests of a commit, as Bitbucket and Azure DevOps answer about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Document = dict[str, object]
_MISSING = (404, {"message": "Not Found"})


class Reported(Protocol):
    """What such a host keeps: statuses with their commits, comments with their requests, the commits of requests."""

    statuses: list[tuple[str, Document]]
    comments: dict[int, tuple[int, str]]
    commits: dict[int, list[str]]


def _comment(host: Reported, at: int, text: str) -> int:
    number = len(host.comments) + 1
    host.comments[number] = at, text
    return number


def _requests(host: Reported, commit: str, name: str, state: tuple[str, str]) -> list[Document]:
    return [{name: at, state[0]: state[1]} for at, commits in host.commits.items() if commit in commits]


def bitbucket_cloud(host: Reported, method: str, path: str, given: dict[str, Any]) -> tuple[int, object]:
    below = path.removeprefix("/repositories/octo/app")
    if method == "POST" and (found := re.fullmatch(r"/commit/(\w+)/statuses/build", below)):
        host.statuses.append((found[1], given))
        return 201, given
    if method == "GET" and (found := re.fullmatch(r"/commit/(\w+)/pullrequests", below)):
        return 200, {"values": _requests(host, found[1], "id", ("state", "OPEN"))}
    if method == "POST" and (found := re.fullmatch(r"/pullrequests/(\d+)/comments", below)):
        return 201, {"id": _comment(host, int(found[1]), given["content"]["raw"])}
    if method == "PUT" and (found := re.fullmatch(r"/pullrequests/(\d+)/comments/(\d+)", below)):
        host.comments[int(found[2])] = int(found[1]), given["content"]["raw"]
        return 200, {}
    return _MISSING


def bitbucket_server(host: Reported, method: str, path: str, given: dict[str, Any]) -> tuple[int, object]:
    below = path.removeprefix("/projects/octo/repos/app")
    if method == "POST" and (found := re.fullmatch(r"/commits/(\w+)/builds", below)):
        host.statuses.append((found[1], given))
        return 204, {}
    if method == "GET" and (found := re.fullmatch(r"/commits/(\w+)/pull-requests", below)):
        return 200, {"values": _requests(host, found[1], "id", ("state", "OPEN"))}
    if method == "POST" and (found := re.fullmatch(r"/pull-requests/(\d+)/comments", below)):
        return 201, {"id": _comment(host, int(found[1]), given["text"]), "version": 0}
    if found := re.fullmatch(r"/pull-requests/(\d+)/comments/(\d+)", below):
        if method == "GET":
            return 200, {"id": int(found[2]), "version": 3}
        if method == "PUT" and given["version"] == 3:
            host.comments[int(found[2])] = int(found[1]), given["text"]
            return 200, {}
        return 409, {"errors": [{"message": "another version"}]}
    return _MISSING


def azure(host: Reported, method: str, path: str, given: dict[str, Any]) -> tuple[int, object]:
    # The repository of the tests has no project in its address: it is the one that has its name.
    below = re.sub(r"^/(?:octo|app)/_apis/git/repositories/app", "", path)
    if method == "POST" and (found := re.fullmatch(r"/commits/(\w+)/statuses", below)):
        host.statuses.append((found[1], given))
        return 201, given
    if method == "POST" and below == "/pullrequestquery":
        commit = given["queries"][0]["items"][0]
        return 200, {"results": [{commit: _requests(host, commit, "pullRequestId", ("status", "active"))}, {}]}
    if method == "POST" and (found := re.fullmatch(r"/pullRequests/(\d+)/threads", below)):
        number = _comment(host, int(found[1]), given["comments"][0]["content"])
        return 200, {"id": number, "comments": [{"id": 1}]}
    if method == "PATCH" and (found := re.fullmatch(r"/pullRequests/(\d+)/threads/(\d+)/comments/1", below)):
        host.comments[int(found[2])] = int(found[1]), given["content"]
        return 200, {}
    return _MISSING


OTHER_HOSTS: Mapping[str, Callable[[Reported, str, str, dict[str, Any]], tuple[int, object]]] = {
    "bitbucket-cloud": bitbucket_cloud,
    "bitbucket-server": bitbucket_server,
    "azure-devops": azure,
}
