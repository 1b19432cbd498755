"""A synthetic index of any size in the real page format, in a process of its own.

`python -m benchmarks.synthetic_index`

Every package has the same number of files, as real ones have them: wheels for several Pythons and platforms and an
sdist a release. POST /change?share=0.01&round=N adds a file to that share of the packages. The root page lists other
names besides, as many as POST /list?names=N says; POST /move?names=N gives N of those newer serials.
"""

import argparse
import gzip
import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

JSON = "application/vnd.pypi.simple.v1+json"
TAGS = tuple(
    f"cp3{minor}-cp3{minor}-{platform}"
    for minor in (11, 12, 13, 14)
    for platform in ("win_amd64", "macosx_11_0_arm64", "manylinux_2_17_x86_64.manylinux2014_x86_64")
)
A_RELEASE = len(TAGS) + 1
NEWEST = 30_000_000


class Synthetic:
    """An index whose pages are rendered when they are requested; only serials are kept."""

    def __init__(self, packages: int, files: int) -> None:
        self.names = [f"package-{number:05}" for number in range(packages)]
        self.files = files
        self.added = dict.fromkeys(self.names, 0)
        self.serial = NEWEST
        # Most packages have not moved for long; some did within the last hours.
        self.serials = {name: NEWEST - at * (NEWEST // packages) for at, name in enumerate(self.names)}
        self.others: dict[str, int] = {}
        self.moved = 0
        self.packed_root = b""

    def list_others(self, number: int) -> None:
        """List so many other names. As on a real index, a fifth of them are not normalised."""
        self.others = {
            f"{'Other_Name' if at % 5 == 0 else 'other-name'}-{at:06}": max(1, NEWEST - at * (NEWEST // number))
            for at in range(number)
        }
        self.packed_root = b""

    def move_others(self, number: int) -> None:
        """Give so many other names a newer serial."""
        names = list(self.others)
        for _ in range(number):
            self.moved += 1
            self.serial += 1
            self.others[names[self.moved * 7919 % len(names)]] = self.serial
        self.packed_root = b""

    def change(self, share: float, turn: int) -> int:
        """Add a file to a share of the packages. Return how many."""
        step = max(1, round(1 / share))
        changed = self.names[turn % step :: step]
        for name in changed:
            self.serial += 1
            self.serials[name] = self.serial
            self.added[name] += 1
        self.packed_root = b""
        return len(changed)

    def page(self, name: str) -> bytes:
        """Return the page of a package."""
        total = self.files + self.added[name]
        files = [self.row(name, at) for at in range(total)]
        document = {
            "alternate-locations": [],
            "files": files,
            "meta": {"_last-serial": self.serials[name], "api-version": "1.4"},
            "name": name,
            "project-status": {"status": "active"},
            "versions": [f"1.{at}.0" for at in range((total - 1) // A_RELEASE + 1)],
        }
        return json.dumps(document, separators=(",", ":")).encode()

    def row(self, name: str, at: int) -> dict[str, object]:
        """Return the row of one file of a page."""
        release, place = divmod(at, A_RELEASE)
        stem = f"{name.replace('-', '_')}-1.{release}.0"
        filename = f"{stem}.tar.gz" if place == 0 else f"{stem}-{TAGS[place - 1]}.whl"
        digest = hashlib.sha256(filename.encode()).hexdigest()
        metadata: object = {"sha256": digest[::-1]} if place else False
        return {
            "core-metadata": metadata,
            "data-dist-info-metadata": metadata,
            "filename": filename,
            "hashes": {"sha256": digest},
            "provenance": None,
            "requires-python": ">=3.9",
            "size": 10_000 + at,
            "upload-time": f"2024-{release % 12 + 1:02}-{place + 1:02}T12:00:00.{at:06}Z",
            "url": f"https://files.example/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{filename}",
            "yanked": False,
        }

    def root(self) -> bytes:
        """Return the packed root page, which is cached: rendering it must not be what a benchmark measures."""
        if not self.packed_root:
            listed = sorted({**self.serials, **self.others}.items())
            projects = [{"_last-serial": serial, "name": name} for name, serial in listed]
            document = {"meta": {"_last-serial": self.serial, "api-version": "1.4"}, "projects": projects}
            self.packed_root = gzip.compress(json.dumps(document, separators=(",", ":")).encode(), 6)
        return self.packed_root


class Handler(BaseHTTPRequestHandler):
    """The requests to the index."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    index: Synthetic

    def do_GET(self) -> None:
        """Answer with a page or the root page, or 304 if the caller has it."""
        path = urlsplit(self.path).path
        name = path.removeprefix("/simple/").strip("/")
        if name and name not in self.index.serials:
            self.answer(404, b"")
            return
        serial = self.index.serials[name] if name else self.index.serial
        etag = f'"{name}-{serial}-{0 if name else len(self.index.others)}"'
        if self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", etag=etag)
            return
        if name:
            body = self.index.page(name)
            self.answer(200, gzip.compress(body, 1), etag=etag, coding="gzip")
        else:
            self.answer(200, self.index.root(), etag=etag, coding="gzip")

    def do_POST(self) -> None:
        """Change the index as the path says."""
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/list":
            self.index.list_others(int(asked["names"]))
        elif parts.path == "/move":
            self.index.move_others(int(asked["names"]))
        else:
            self.index.change(float(asked["share"]), int(asked["round"]))
        # Rendered now, so that no measured request waits for it.
        self.index.root()
        self.answer(200, b"done")

    def answer(self, status: int, body: bytes, *, etag: str = "", coding: str = "") -> None:
        """Send one answer."""
        self.send_response(status)
        self.send_header("Content-Type", JSON)
        if etag:
            self.send_header("ETag", etag)
        if coding:
            self.send_header("Content-Encoding", coding)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Log nothing: a round is 20,000 requests."""


class Server(ThreadingHTTPServer):
    """The server, with a thread for each connection."""

    daemon_threads = True


def main(arguments: list[str]) -> int:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic_index", description=__doc__)
    parser.add_argument("--packages", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=150, help="files a package")
    options = parser.parse_args(arguments)
    Handler.index = Synthetic(options.packages, options.files)
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/simple", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
