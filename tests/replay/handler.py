"""The server of the replay index, and a connection to it: paths, negotiation, validators, ranges, and faults."""

import re
import socket
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from packaging.utils import canonicalize_name

from tests.replay.faults import Answer
from tests.replay.rendering import Page, choose

if TYPE_CHECKING:
    from tests.replay.server import ReplayIndex

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
_AGE = "max-age=600, public"


class Seen(Struct, frozen=True):
    """One request as it came in. Header names are lower-case. connection: equal for requests over one connection."""

    method: str
    path: str
    headers: dict[str, str]
    status: int
    connection: int


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], index: "ReplayIndex") -> None:
        self.index = index
        super().__init__(address, Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left, or a fault that closed the connection, is no error here; the rest is told."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "replay"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def index(self) -> "ReplayIndex":
        return cast("Server", self.server).index

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.index.delay:
            time.sleep(self.index.delay)
        answer = self._answer(path)
        fault = self.index.take_fault(path)
        status = fault.code if fault is not None and hasattr(fault, "code") else answer.status
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.index.requests.append(Seen(self.command, self.path, headers, status, self.client_address[1]))
        try:
            if fault is None:
                self.send_answer(answer)
            else:
                fault.strike(self, Answer(answer.status, {**answer.headers, "X-Replay-Url": self.path}, answer.body))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET  # noqa: N815  (http.server calls it by this name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        """Silent: tests read ReplayIndex.requests."""

    # -- answers -------------------------------------------------------------------------------------------------

    def _answer(self, path: str) -> Answer:
        if self.index.login is not None:
            proof = b64encode(self.index.login.encode()).decode()
            if self.headers.get("Authorization") != f"Basic {proof}":
                return Answer(401, {"Content-Type": "text/plain", "WWW-Authenticate": 'Basic realm="replay"'}, b"who?")
        as_of = self.index.as_of_stamp
        parts = [unquote(part) for part in path.strip("/").split("/")]
        match parts:
            case ["simple"]:
                return self._page_answer(None, as_of) if path.endswith("/") else _moved("/simple/")
            case ["simple", name]:
                canonical = canonicalize_name(name)
                if name != canonical or not path.endswith("/"):
                    return _moved(f"/simple/{canonical}/")
                return self._page_answer(name, as_of)
            case ["files", name, filename]:
                return self._file_answer(name, filename, as_of)
        return _missing()

    def _page_answer(self, name: str | None, as_of: str | None) -> Answer:
        style = self.index.style
        form = choose(self.headers.get("Accept"), style)
        if form is None:
            return Answer(406, {"Content-Type": "text/plain"}, b"no such form here")
        page = self.index.root(form, as_of) if name is None else self.index.project(name, form, as_of)
        if page is None:
            return _missing()
        headers = {
            "Content-Type": form if form != "text/html" else "text/html; charset=utf-8",
            "Vary": "Accept, Accept-Encoding",
            "Cache-Control": _AGE,
        }
        if style.serials:
            headers["X-PyPI-Last-Serial"] = str(page.serial)
        if style.validator == "etag":
            headers["ETag"] = page.etag
        elif style.validator == "last-modified":
            headers["Last-Modified"] = _http_date(page.last_modified)
        if self._unchanged(page, style.validator):
            return Answer(304, headers)
        if style.gzip and "gzip" in self.headers.get("Accept-Encoding", ""):
            return Answer(200, {**headers, "Content-Encoding": "gzip"}, page.packed)
        return Answer(200, headers, page.body)

    def _unchanged(self, page: Page, validator: str) -> bool:
        if validator == "etag":
            sent = [tag.strip().removeprefix("W/") for tag in self.headers.get("If-None-Match", "").split(",")]
            return page.etag in sent
        if validator == "last-modified":
            return self.headers.get("If-Modified-Since") == _http_date(page.last_modified)
        return False

    def _file_answer(self, name: str, filename: str, as_of: str | None) -> Answer:
        wants_metadata = filename.endswith(".metadata")
        if (body := self.index.bodies.get((name, filename))) is not None:
            return self._whole_or_part(body)
        file = self.index.file(name, filename.removesuffix(".metadata"), as_of)
        if file is None or (wants_metadata and not (self.index.style.announces_metadata and file.announces_metadata)):
            return _missing()
        body = file.metadata_text if wants_metadata else file.archive
        if body is None:
            return _missing()
        return self._whole_or_part(body)

    def _whole_or_part(self, body: bytes) -> Answer:
        headers = {
            "Content-Type": "application/octet-stream",
            "Accept-Ranges": "bytes",
            "Cache-Control": "max-age=365000000, immutable, public",
        }
        asked = self.headers.get("Range")
        return Answer(200, headers, body) if asked is None or not self.index.ranges else _part(body, headers, asked)

    # -- the connection, also for faults -------------------------------------------------------------------------

    @property
    def stopping(self) -> threading.Event:
        return self.index.stopping

    def send_answer(self, answer: Answer) -> None:
        headers = {name: value for name, value in answer.headers.items() if name != "X-Replay-Url"}
        if answer.status != 304:
            headers["Content-Length"] = str(len(answer.body))
        self.send_start(answer.status, headers)
        if self.command != "HEAD":
            self.send_bytes(answer.body)

    def send_start(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name != "X-Replay-Url":
                self.send_header(name, value)
        self.end_headers()

    def send_bytes(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def drop(self) -> None:
        self.close_connection = True

    def raw_socket(self) -> socket.socket:
        connection: socket.socket = self.connection
        return connection


def _part(body: bytes, headers: dict[str, str], asked: str) -> Answer:
    """206 for one byte range, 416 for one outside, the whole for anything else."""
    found = _RANGE.match(asked.strip())
    if not found or found.group(0) == "bytes=-":
        return Answer(200, headers, body)
    first, last = found.groups()
    if first:
        start, end = int(first), min(int(last) if last else len(body) - 1, len(body) - 1)
    else:
        start, end = max(0, len(body) - int(last)), len(body) - 1
    if start >= len(body) or start > end:
        return Answer(416, {"Content-Range": f"bytes */{len(body)}"})
    return Answer(206, {**headers, "Content-Range": f"bytes {start}-{end}/{len(body)}"}, body[start : end + 1])


def _moved(location: str) -> Answer:
    return Answer(301, {"Location": location, "Cache-Control": "max-age=600, public"})


def _missing() -> Answer:
    return Answer(404, {"Content-Type": "text/html; charset=utf-8"}, b"<h1>404 Not Found</h1>")


def _http_date(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment).replace(microsecond=0), usegmt=True)
