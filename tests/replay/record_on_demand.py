"""Records what a real client asks for: `python -m tests.replay.record_on_demand [--port N]`, then point the client
(uv, pip, or `manage.py assess`) at the printed index; Ctrl-C ends and writes.

It is the replay index, which asks the index that pip on this machine would use for what it lacks, once: a package's
page, or the core metadata of a release. Nothing is fetched that no client wanted, and every recorded fact is served
from the recording from then on.
"""

import argparse
import sys
import threading
from email.parser import BytesHeaderParser

import requests

from scanner.domain.files.builds import BUILD_FILES, SdistContents, classify_sdist
from scanner.domain.index_page.page import IndexFile
from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.default_index import default_index_url
from scanner.index.errors import IndexFault, InvalidArchive
from scanner.index.host_limiter import HostLimiter, LimiterPolicy
from scanner.index.transport import Limits
from tests.replay.packages import ReplayFile, ReplayPackage
from tests.replay.record import AGENT, older_document, package_of
from tests.replay.recording import (
    Lines,
    RecordedFile,
    RecordedMetadata,
    RecordedSdist,
    read_metadata,
    write_metadata,
    write_pages,
)
from tests.replay.rendering import Page, Style
from tests.replay.server import ReplayIndex
from tests.replay.until_told import wait_until_told

# What a resolution reads; descriptions, authors and links are not kept.
_KEPT = ("Metadata-Version", "Name", "Version", "Requires-Python", "Dynamic", "Provides-Extra", "Requires-Dist")

# As many as the product has at most by default.
_CONNECTIONS = 16


class RecordingIndex(ReplayIndex):
    """A replay index that learns. What is asked for at the same time is fetched at the same time, each release once."""

    def __init__(self, upstream: str, port: int = 0) -> None:
        # no digests: the texts served are shorter than those that the index has digests of
        super().__init__(port=port, style=Style(metadata_digests=False))
        self._upstream = upstream
        # Some sdists are larger than the product reads; what they contain is a fact all the same.
        self._client = IndexClient(
            upstream,
            user_agent=AGENT,
            limiter=HostLimiter(policy=LimiterPolicy(slots=_CONNECTIONS)),
            limits=Limits(total=600, wire=512_000_000, archive=512_000_000),
        )
        self._files: dict[str, dict[str, IndexFile]] = {}
        self._refused: set[tuple[str, str]] = set()
        self._digests: dict[tuple[str, str], str | None] = {}
        self._fetching: dict[tuple[str, str], threading.RLock] = {}
        self.learned_pages = 0
        self.learned: dict[str, RecordedMetadata] = {}

    def package(self, name: str) -> ReplayPackage | None:
        """As the base, after the page was learned."""
        self._ensure_page(name)
        return super().package(name)

    def project(self, name: str, form: str, as_of: str | None) -> Page | None:
        """As the base, after the page was learned."""
        self._ensure_page(name)
        return super().project(name, form, as_of)

    def file(self, name: str, filename: str, as_of: str | None) -> ReplayFile | None:
        """As the base, after what is in the file was learned."""
        self._ensure_page(name)
        found = super().file(name, filename, as_of)
        if found is None or found.synthetic:
            return found
        # Of two wheels of a release the second is held against the first.
        with self._one_at_a_time(name, found.row.version):
            learned = None if (name, filename) in self._refused else self._learn(found, name)
            if learned is None:
                self._refused.add((name, filename))
            else:
                with self.lock:
                    self.learned[name] = (self.learned.get(name) or read_metadata(name)) | learned
                    self._packages[name].learn(self.learned[name], found.row.version)
        return super().file(name, filename, as_of)

    def _ensure_page(self, name: str) -> None:
        with self._one_at_a_time(name):
            if name not in self._names and (name, "") not in self._refused:
                self._learn_page(name)

    def _one_at_a_time(self, name: str, version: str = "") -> threading.RLock:
        with self.lock:
            return self._fetching.setdefault((name, version), threading.RLock())

    def write(self) -> None:
        """Adds what was learned to the recorded data."""
        with self.lock:
            for name, metadata in self.learned.items():
                write_metadata(name, metadata)

    def _learn_page(self, name: str) -> None:
        with requests.Session() as session:
            session.headers["User-Agent"] = AGENT
            answer = session.get(older_document(self._upstream, name), timeout=120)
        if answer.status_code != 200:
            self._refused.add((name, ""))
            return
        write_pages(package_of(answer.json()))
        self._names.add(name)
        self.learned_pages += 1

    def _learn(self, file: ReplayFile, name: str) -> RecordedMetadata | None:
        """What is in a file, unless it is known or cannot be read."""
        known, row = self.learned.get(name) or read_metadata(name), file.row
        listed = self._listed(name).get(row.filename)
        if listed is None:
            return None
        try:
            if not row.filename.endswith(".whl"):
                return None if row.filename in known.sdists else self._learn_sdist(listed, row, known)
            if row.version not in known.releases:
                self._digests[name, row.version] = row.metadata_sha256
                return RecordedMetadata({row.version: compact(self._wheel_text(listed))})
            if row.filename in known.wheels or row.metadata_sha256 in {None, self._digests.get((name, row.version))}:
                return None
            text = compact(self._wheel_text(listed))
            return RecordedMetadata(wheels={row.filename: text}) if text != known.releases[row.version] else None
        except IndexFault as error:
            print(f"{row.filename}: {error}", file=sys.stderr)
            return None

    def _learn_sdist(self, file: IndexFile, row: RecordedFile, known: RecordedMetadata) -> RecordedMetadata:
        try:
            names, texts = self._client.sdist_view(file.url, {*BUILD_FILES, "PKG-INFO", *_requires_paths(row.filename)})
        except InvalidArchive:
            # An archive too large to be read to its end.
            names, texts = [], {"PKG-INFO": self._client.sdist_metadata(file.url).pkg_info}
        decoded = {path: text.decode("utf-8", errors="replace") for path, text in texts.items()}
        info = compact(texts["PKG-INFO"]) if "PKG-INFO" in texts else None
        requires = next((text for path, text in decoded.items() if path.endswith("/requires.txt")), None)
        lines = None if requires is None else tuple(line for line in requires.splitlines() if "://" not in line)
        sdist = RecordedSdist(info, lines, classify_sdist(SdistContents(tuple(names), decoded)))
        return RecordedMetadata(sdists={row.filename: sdist})

    def _listed(self, name: str) -> dict[str, IndexFile]:
        with self._one_at_a_time(name):
            if name not in self._files:
                answer = self._client.page(name)
                assert isinstance(answer, FreshPage)
                self._files[name] = {file.filename: file for file in answer.page.files}
            return self._files[name]

    def _wheel_text(self, file: IndexFile) -> bytes:
        try:
            return self._client.metadata(file)
        except IndexFault:
            return self._client.wheel_metadata(file.url)


def _requires_paths(filename: str) -> set[str]:
    """The places of requires.txt in an sdist: its name as written or with underscores, in the top folder or in src."""
    stem = filename.rpartition("-")[0]
    names = {stem, stem.replace("-", "_"), stem.replace("_", "-"), stem.replace(".", "_")}
    return {f"{folder}{name}.egg-info/requires.txt" for name in names for folder in ("", "src/", "lib/")}


def compact(text: bytes) -> Lines:
    """The header lines that are kept, in order; requirements that are addresses are left out."""
    headers = BytesHeaderParser().parsebytes(text)
    return tuple(
        (kept, line)
        for kept in _KEPT
        for value in headers.get_all(kept, [])
        if "://" not in (line := " ".join(str(value).split()))
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replay.record_on_demand", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--as-of", metavar="DATE", help="serve the index as it stood then")
    options = parser.parse_args(arguments)
    with RecordingIndex(default_index_url(), options.port) as index:
        index.as_of = options.as_of
        print(index.url, flush=True)
        wait_until_told()
        index.write()
        print(f"learned {index.learned_pages} pages and files of {len(index.learned)} packages", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
