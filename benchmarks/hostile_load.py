"""The load of the hostile drill. Each kind of sender is a process, so that none waits for the interpreter of another.

What is sent is made beforehand and goes over kept connections of the standard library: the load shares its processors
with what it measures.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlencode

from msgspec import Struct, field

from tests.hostile.shapes.every import SHAPES

DELIVERIES_A_SECOND = 100
SENDERS = 40
READERS = 10
GUESSERS = 4
UPLOADERS = 2
# Seconds between two pages of one reader, who looks at them.
THINKS = 1.0
# Repository hosts give up after ten seconds, and count the delivery as failed.
HOST_PATIENCE = 10.0
PATIENCE = 60.0
# One push in so many is to the branch that the project follows.
FOLLOWED_EVERY = 10
UPLOAD_BYTES = 1_500_000
HOSTILE = (
    "toml: dotted key in an inline table",
    "toml: integer",
    "toml: dotted keys just below the bound",
    "yaml: aliases of the pip list",
    "requirements: clauses",
    "requirements: pins",
    "requirements: files that include all",
    "uv.lock: versions of one name",
    "json: nested",
)
PAGES = ("/projects/", "/projects/practice-api/", "/packages/", "/projects/practice-api/targets/")
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Victim(Struct, frozen=True):
    """What the senders know of the installation."""

    host: str
    port: int
    hook: str
    secret: str
    reader: str
    attacker: str
    # Of the followed branch, in their order.
    commits: tuple[str, ...] = ()
    deliveries_a_second: float = DELIVERIES_A_SECOND


class Sample(Struct):
    """Latencies and answers of one kind of request."""

    seconds: list[float] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


class Client:
    """One kept connection, with the cookies of one browser."""

    def __init__(self, victim: Victim, session: str = "", patience: float = PATIENCE) -> None:
        self._connection = HTTPConnection(victim.host, victim.port, timeout=patience)
        self._cookies = {"sessionid": session} if session else {}

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> str:
        """Return the status, or the name of what went wrong."""
        status = self._send(method, path, body, headers or {})[0]
        if method == "GET" and status == "RemoteDisconnected":
            # The server had closed the idle connection. A browser asks again on another one, too.
            status = self._send(method, path, body, headers or {})[0]
        return status

    def form_token(self, path: str) -> str:
        """Return the CSRF token of the form on a page."""
        _, page = self._send("GET", path, b"", {})
        found = _TOKEN.search(page)
        assert found, page[:500]
        return found[1].decode()

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[str, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            self._connection.request(method, path, body, {**headers, "Cookie": cookies} if cookies else dict(headers))
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            return type(error).__name__, b""
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return str(answer.status), content


def deliver(victim: Victim, seconds: float, number: int) -> Iterator[tuple[float, Callable[[], str]]]:
    """Send signed pushes at a steady rate, some of them to the branch that the project follows."""
    pause = SENDERS / victim.deliveries_a_second
    ready = [_push(victim, number, sent) for sent in range(int(seconds / pause))]
    client = Client(victim, patience=HOST_PATIENCE)
    for sent, (body, headers) in enumerate(ready):
        at = pause * (sent + number / SENDERS)
        yield at, partial(client.send, "POST", f"/hooks/{victim.hook}/", body, headers)


def followed_pushes(rate: float, seconds: float) -> int:
    """Return how many pushes to the followed branch `deliver` sends."""
    of_each = int(seconds * rate / SENDERS)
    return -(-of_each // FOLLOWED_EVERY) * SENDERS


def _push(victim: Victim, number: int, sent: int) -> tuple[bytes, dict[str, str]]:
    commit = hashlib.sha1(f"{number} {sent}".encode(), usedforsecurity=False).hexdigest()
    branch = f"feature-{number}"
    if sent % FOLLOWED_EVERY == 0:
        commit, branch = victim.commits[sent // FOLLOWED_EVERY * SENDERS + number], "main"
    push = {
        "ref": f"refs/heads/{branch}",
        "before": "0" * 40,
        "after": commit,
        "created": False,
        "deleted": False,
        "forced": False,
        "pusher": {"name": "a"},
        "commits": [],
        "head_commit": None,
        "repository": {"id": 7, "full_name": "octo/app", "clone_url": "https://git.example/octo/app.git"},
    }
    body = json.dumps(push).encode()
    mac = hmac.new(victim.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": f"{number}-{sent}",
        "X-Hub-Signature-256": f"sha256={mac}",
        "Content-Type": "application/json",
    }
    return body, headers


def read_pages(victim: Victim, seconds: float, number: int) -> Iterator[tuple[float, Callable[[], str]]]:
    """Read one page after another, and think about each."""
    client = Client(victim, victim.reader)
    # Not all of them at the same moment.
    next_at, start = THINKS * number / READERS, time.monotonic()
    for turn in count(number):
        yield next_at, partial(client.send, "GET", PAGES[turn % len(PAGES)])
        next_at = time.monotonic() - start + THINKS


def guess(victim: Victim, seconds: float, number: int) -> Iterator[tuple[float, Callable[[], str]]]:
    """Send wrong passwords without a pause."""
    client = Client(victim)
    token = client.form_token("/sign-in/")
    form = {"username": f"admin{number}", "password": "wrong", "csrfmiddlewaretoken": token}
    body = urlencode(form).encode()
    while True:
        yield 0, partial(client.send, "POST", "/sign-in/", body, {"Content-Type": _FORM})


def upload(victim: Victim, seconds: float, number: int) -> Iterator[tuple[float, Callable[[], str]]]:
    """Send hostile files as new projects, without a pause."""
    client = Client(victim, victim.attacker)
    token = client.form_token("/projects/add/")
    bodies = [_upload_form(name, token) for name in HOSTILE]
    for turn in count(number):
        body, headers = bodies[turn % len(bodies)]
        yield 0, partial(client.send, "POST", "/projects/add/", body, headers)


def _upload_form(shape: str, token: str) -> tuple[bytes, dict[str, str]]:
    boundary = uuid.uuid4().hex
    fields = {"name": f"evil {shape}", "target": "cp313-win_amd64", "csrfmiddlewaretoken": token}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    for path, content in SHAPES[shape](UPLOAD_BYTES).items():
        head = f'Content-Disposition: form-data; name="uploads"; filename="{path.replace("/", "-")}"\r\n\r\n'
        parts.append(head.encode() + content)
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def watch(victim: Victim, seconds: float, number: int) -> Iterator[tuple[float, Callable[[], str]]]:
    """Ask for /healthz five times a second, each time as a load balancer does: over a new connection."""
    for turn in count():
        yield turn / 5, lambda: Client(victim).send("GET", "/healthz")


Sender = Callable[[Victim, float, int], Iterator[tuple[float, Callable[[], str]]]]
# Each kind with how many of it send at once.
SENDERS_OF: dict[str, tuple[Sender, int]] = {
    "delivery": (deliver, SENDERS),
    "page": (read_pages, READERS),
    "healthz": (watch, 1),
    "wrong password": (guess, GUESSERS),
    "hostile upload": (upload, UPLOADERS),
}


def send_all(kind: str, victim: Victim, seconds: float, is_ready: threading.Barrier) -> tuple[Sample, float]:
    """Send what the senders of one kind send for so long. Return the sample and the processor time that it took."""
    send, amount = SENDERS_OF[kind]
    sample, lock = Sample(), threading.Lock()

    def run(number: int) -> None:
        requests = send(victim, seconds, number)
        first = next(requests)
        is_ready.wait()
        start = time.monotonic()
        following = first
        while True:
            at, request = following
            if max(at, time.monotonic() - start) >= seconds:
                return
            time.sleep(max(0.0, start + at - time.monotonic()))
            began = time.monotonic()
            answer = request()
            took = time.monotonic() - began
            with lock:
                sample.seconds.append(took)
                sample.answers.append(answer)
            try:
                following = next(requests)
            except StopIteration:
                return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(amount)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sample, time.process_time()
