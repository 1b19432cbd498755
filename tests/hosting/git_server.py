"""A real repository host for tests: git's own http-backend behind a real HTTP server on the loopback address."""

from __future__ import annotations

import atexit
import base64
import functools
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from msgspec import Struct, field

from tests.hosting.loopback import serving
from tests.patience import PATIENCE

AUTHOR = {
    "GIT_AUTHOR_NAME": "Alice",
    "GIT_AUTHOR_EMAIL": "alice@team.example",
    "GIT_COMMITTER_NAME": "Alice",
    "GIT_COMMITTER_EMAIL": "alice@team.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """Run git as the developer who pushes."""
    done = subprocess.run(
        ("git", *arguments), cwd=folder, env=os.environ | AUTHOR, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


class GitServer(Struct):
    """Bare repositories under `root`, and a developer's clone of one of them under `work`."""

    root: Path
    work: Path
    port: int = 0
    username: str = "robot"
    password: str = ""
    redirect_to: str = ""
    fail_with: int = 0
    hang: threading.Event | None = None
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/octo/app.git"

    def commit(self, files: Mapping[str, str | bytes | None], *, branch: str = "main") -> str:
        """Write the files (None removes one), commit and push with force; returns the commit."""
        for path, content in files.items():
            target = self.work / path
            if content is None:
                git(self.work, "rm", "-q", "--", path)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "--allow-empty", "-m", "change")
        commit = git(self.work, "rev-parse", "HEAD")
        self._move(branch, commit)
        return commit

    def link(self, path: str, target: str) -> None:
        """Stage a symbolic link; the next commit takes it along."""
        place = self.work / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def reset(self, commit: str) -> None:
        """Make `commit` the head again, and push that with force."""
        git(self.work, "reset", "-q", "--hard", commit)
        self._move("main", commit)

    def bare(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git in the repository as the host has it."""
        return git(self._repository, *arguments, stdin=stdin)

    def delete(self, branch: str) -> None:
        self._ref(branch).unlink()

    @property
    def _repository(self) -> Path:
        return self.root / "octo" / "app.git"

    def _ref(self, branch: str) -> Path:
        return self._repository / "refs" / "heads" / branch

    def _move(self, branch: str, commit: str) -> None:
        """Make the head of a branch a commit of the clone, whose objects the host sees: a push runs five processes."""
        ref = self._ref(branch)
        ref.parent.mkdir(parents=True, exist_ok=True)
        written = self._repository / "written"
        written.write_text(f"{commit}\n")
        written.replace(ref)


@functools.cache
def _empty_repository() -> Path:
    """Make the folders that each server copies: making them runs six processes."""
    folder = Path(tempfile.mkdtemp(prefix="wheelway-git-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    bare, work = folder / "app.git", folder / "work"
    for repository, options in ((bare, ["--bare"]), (work, [])):
        git(folder, "init", "-q", "--template=", *options, "-b", "main", str(repository))
    (bare / "hooks").mkdir(exist_ok=True)
    git(bare, "config", "uploadpack.allowFilter", "true")
    # Without a user of the web server, pushes by HTTP are off.
    git(bare, "config", "http.receivepack", "true")
    # A branch may be deleted although HEAD points to it.
    git(bare, "config", "receive.denyDeleteCurrent", "ignore")
    return folder


@contextmanager
def git_server(folder: Path) -> Iterator[GitServer]:
    """Serve `octo/app.git`, empty at first, from `folder`."""
    server = GitServer(root=folder / "served", work=folder / "work")
    bare = server.root / "octo" / "app.git"
    shutil.copytree(_empty_repository() / "app.git", bare)
    shutil.copytree(_empty_repository() / "work", server.work)
    (bare / "objects" / "info").mkdir(exist_ok=True)
    (bare / "objects" / "info" / "alternates").write_text(f"{server.work / '.git' / 'objects'}\n")
    with (server.work / ".git" / "config").open("a") as config:
        config.write(f'[remote "origin"]\n\turl = {bare}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n')
    with serving(type("Handler", (_Handler,), {"host": server})) as server.port:
        try:
            yield server
        finally:
            if server.hang is not None:
                server.hang.set()


class _Handler(BaseHTTPRequestHandler):
    host: GitServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        self.host.requests.append(format % args)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, body: bytes) -> None:
        faults: list[tuple[object, Callable[[], None]]] = [
            (self.host.hang, self._hang),
            (self.host.fail_with, lambda: self._say(self.host.fail_with)),
            (self.host.redirect_to, lambda: self._say(301, {"Location": self.host.redirect_to + self.path})),
            (not self._may_enter(), lambda: self._say(401, {"WWW-Authenticate": 'Basic realm="git"'})),
        ]
        for wanted, fault in faults:
            if wanted:
                fault()
                return
        self._run_backend(body)

    def _hang(self) -> None:
        assert self.host.hang is not None
        self.host.hang.wait(PATIENCE)

    def _may_enter(self) -> bool:
        expected = "Basic " + base64.b64encode(f"{self.host.username}:{self.host.password}".encode()).decode()
        return not self.host.password or self.headers.get("Authorization") == expected

    def _say(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _run_backend(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.host.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        done = subprocess.run(("git", "http-backend"), env=environment, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line]
        status = next((int(value[:3]) for name, value in headers if name == "Status"), 200)
        self.send_response(status)
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
