"""A stand-in for the HTTP API of a repository host, over real HTTP: change requests, statuses, comments, refusals."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct, field

from tests.hosting.loopback import serving
from tests.hosting.other_hosts import OTHER_HOSTS, Document

TOKEN = "t0ken-of-the-host"
_TOKEN_HEADERS = {
    "github": ("Authorization", f"Bearer {TOKEN}"),
    "gitea": ("Authorization", f"token {TOKEN}"),
    "gitlab": ("PRIVATE-TOKEN", TOKEN),
    "bitbucket-cloud": ("Authorization", f"Bearer {TOKEN}"),
    "bitbucket-server": ("Authorization", f"Bearer {TOKEN}"),
    "azure-devops": ("Authorization", f"Basic {base64.b64encode(f':{TOKEN}'.encode()).decode()}"),
}
_BASES = {"github": "/repos/octo/app", "gitea": "/repos/octo/app", "gitlab": "/projects/octo/app"}


class HostApiServer(Struct):
    """The change requests of octo/app, as one of the hosts presents them. `answer_with` makes every answer fail."""

    provider: str
    port: int = 0
    answer_with: tuple[int, Mapping[str, str], bytes] | None = None
    requests: list[Document] = field(default_factory=list)
    # Statuses with their commits in order, and comments by id, each with the number of its request.
    statuses: list[tuple[str, Document]] = field(default_factory=list)
    comments: dict[int, tuple[int, str]] = field(default_factory=dict)
    # The commits that each request has.
    commits: dict[int, list[str]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, object]:
        """Return status and document, by the rules of the host."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), parse_qs(parts.query)
        self.calls.append((method, path))
        name, value = _TOKEN_HEADERS[self.provider]
        if headers.get(name) != value:
            return 401, {"message": "Bad credentials"}
        if self.provider in OTHER_HOSTS:
            return OTHER_HOSTS[self.provider](self, method, path, json.loads(body or b"{}"))
        base = _BASES[self.provider]
        kind = "merge_requests" if self.provider == "gitlab" else "pulls"
        if path == f"{base}/{kind}":
            return self._list(query) if method == "GET" else self._open(json.loads(body))
        at = path.removeprefix(f"{base}/{kind}/")
        change = "PUT" if self.provider == "gitlab" else "PATCH"
        if method == change and at.isdecimal() and 0 < int(at) <= len(self.requests):
            return self._update(self.requests[int(at) - 1], json.loads(body))
        return self._status_or_comment(method, path.removeprefix(base), json.loads(body or b"{}"))

    def _status_or_comment(self, method: str, path: str, given: Document) -> tuple[int, object]:
        if method == "POST" and (found := re.fullmatch(r"/statuses/(\w+)", path)):
            self.statuses.append((found[1], given))
            return 201, given
        if method == "GET" and (found := re.fullmatch(r"/(?:repository/)?commits/(\w+)/(pulls?|merge_requests)", path)):
            having = [self.requests[at - 1] for at, commits in self.commits.items() if found[1] in commits]
            if found[2] != "pull":
                return 200, having
            merged = [one for one in having if one.get("merged")]
            return (200, merged[0]) if merged else (404, {"message": "Not Found"})
        if method == "POST" and (found := re.fullmatch(r"/(?:issues|merge_requests)/(\d+)/(?:comments|notes)", path)):
            at = len(self.comments) + 1
            self.comments[at] = int(found[1]), str(given["body"])
            return 201, {"id": at}
        if method in {"PUT", "PATCH"} and (
            found := re.fullmatch(r"/(?:issues|merge_requests/\d+)/(?:comments|notes)/(\d+)", path)
        ):
            at = int(found[1])
            self.comments[at] = self.comments[at][0], str(given["body"])
            return 200, {"id": at}
        return 404, {"message": "Not Found"}

    def finish(self, at: int, *, merged: bool) -> None:
        """Merge or close a change request, as a person does on the host."""
        one = self.requests[at - 1]
        one["state"] = "merged" if merged and self.provider == "gitlab" else "closed"
        if self.provider == "github":
            one["merged_at"] = "2026-11-27T12:00:00Z" if merged else None
        elif self.provider == "gitea":
            one["merged"] = merged

    def _list(self, query: Mapping[str, list[str]]) -> tuple[int, object]:
        found = list(reversed(self.requests))
        if self.provider == "github":
            found = [one for one in found if [f"octo:{_head(one)}"] == query.get("head")]
        elif self.provider == "gitlab":
            found = [one for one in found if [one["source_branch"]] == query.get("source_branch")]
        elif query.get("page", ["1"]) != ["1"]:
            found = []
        return 200, found

    def _open(self, given: Document) -> tuple[int, object]:
        branch = given["source_branch"] if self.provider == "gitlab" else given["head"]
        if any(_head(one) == branch and one["state"] in {"open", "opened"} for one in self.requests):
            status = {"github": 422, "gitlab": 409, "gitea": 409}[self.provider]
            return status, {"message": f"Another open request already exists for {branch}"}
        at = len(self.requests) + 1
        if self.provider == "gitlab":
            one: Document = {
                "iid": at,
                "web_url": f"https://host.example/octo/app/-/merge_requests/{at}",
                "state": "opened",
                "title": given["title"],
                "description": given["description"],
                "source_branch": branch,
                "target_branch": given["target_branch"],
                "sha": "",
            }
        else:
            repository = {"full_name": "octo/app"}
            one = {
                "number": at,
                "html_url": f"https://host.example/octo/app/pull/{at}",
                "state": "open",
                "title": given["title"],
                "body": given["body"],
                "head": {"ref": branch, "sha": "", "repo": repository},
                "base": {"ref": given["base"], "repo": repository},
            }
        self.requests.append(one)
        return 201, one

    def _update(self, one: Document, given: Document) -> tuple[int, object]:
        one.update(given)
        return 200, one


def _head(one: Document) -> object:
    head = one.get("head")
    return head["ref"] if isinstance(head, dict) else one["source_branch"]


@contextmanager
def host_api(provider: str) -> Iterator[HostApiServer]:
    """Serve the API of octo/app on the loopback address."""
    server = HostApiServer(provider)
    with serving(type("Handler", (_Handler,), {"api": server})) as server.port:
        yield server


class _Handler(BaseHTTPRequestHandler):
    api: HostApiServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        return

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        extra: Mapping[str, str] = {}
        if self.api.answer_with is not None:
            status, extra, content = self.api.answer_with
        else:
            status, document = self.api.answer(self.command, self.path, dict(self.headers), body)
            content = json.dumps(document).encode()
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
