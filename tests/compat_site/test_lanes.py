"""Requests of one kind never hold up those of another, and those over what may wait are answered at once."""

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from compat_site.lanes import Lanes
from tests.patience import PATIENCE


class Busy:
    """An application whose requests end when they are let go, except those to paths that are `quick`."""

    def __init__(self, *quick: str) -> None:
        self.go = threading.Event()
        self.started = threading.Semaphore(0)
        self._quick = quick

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] not in self._quick:
            self.started.release()
            assert self.go.wait(PATIENCE)
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]


class Answer:
    """What the server was given."""

    def __init__(self, lanes: Lanes, method: str, path: str, body: Any = None) -> None:
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": body or io.BytesIO(b"")}
        self.content = b"".join(lanes(environ, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


SLOW = [("GET", "/projects/"), ("POST", "/projects/add/"), ("POST", "/sign-in/"), ("POST", "/hooks/key/upload/")]


@pytest.mark.parametrize(("method", "path"), SLOW)
@pytest.mark.parametrize(("quick_method", "quick"), [("GET", "/healthz"), ("POST", "/hooks/key/")])
def test_health_checks_and_webhooks_pass_whatever_else_is_held_up(
    method: str, path: str, quick_method: str, quick: str
) -> None:
    busy = Busy(quick)
    lanes = Lanes(busy)
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(Answer(lanes, method, path)), daemon=True) for _ in range(60)
    ]
    for thread in threads:
        thread.start()
    assert busy.started.acquire(timeout=PATIENCE)
    assert Answer(lanes, quick_method, quick).status == "200 OK"
    busy.go.set()
    for thread in threads:
        thread.join(PATIENCE)
    refused = [answer for answer in answers if answer.status.startswith("503")]
    assert len(answers) == 60
    # Far fewer wait than a server has threads.
    assert len(refused) > 30
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    # And once the rush is over, there is room again.
    assert Answer(lanes, method, path).status == "200 OK"


def test_a_request_that_fails_leaves_its_lane() -> None:
    def broken(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise RuntimeError

    lanes = Lanes(broken)
    for _ in range(100):
        with pytest.raises(RuntimeError):
            Answer(lanes, "POST", "/sign-in/")


class Trickle:
    """The body of a slow client, as a server gives it that has not received it: without `seek`."""

    def __init__(self, content: bytes, go: threading.Event) -> None:
        self._content, self._go = content, go

    def read(self, size: int = -1) -> bytes:
        assert self._go.wait(PATIENCE)
        part, self._content = self._content[:size], self._content[size:]
        return part


def test_a_body_that_comes_slowly_takes_no_one_s_turn() -> None:
    lanes = Lanes(Busy("/hooks/key/"))
    go = threading.Event()
    answers: list[Answer] = []
    body = b"x" * 3_000_000
    slow = [
        threading.Thread(
            target=lambda: answers.append(Answer(lanes, "POST", "/hooks/key/", Trickle(body, go))), daemon=True
        )
        for _ in range(10)
    ]
    for thread in slow:
        thread.start()
    assert Answer(lanes, "POST", "/hooks/key/").status == "200 OK"
    go.set()
    for thread in slow:
        thread.join(PATIENCE)
    assert [answer.content for answer in answers] == [body] * 10
