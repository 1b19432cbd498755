"""Records what a real client asks for: `python -m tests.replay.record_on_demand [--port N]`, then point the client
(uv, pip, or `manage.py assess`) at the printed index; Ctrl-C ends and writes.

It is the replay index, which asks the index that pip on this machine would use for what it lacks, once: a package's
page, or the core metadata of a release. Nothing is fetched that no client wanted, and every recorded fact is served
from the recording from then on.
"""

import argparse
import sys
from email.parser import BytesHeaderParser

import requests

from scanner.domain.index_page.page import IndexFile
from scanner.index.client import FreshPage, IndexClient
from scanner.index.default_index import default_index_url
from scanner.index.errors import IndexFault, InvalidArchive
from tests.replay.packages import Lines, ReplayFile, ReplayPackage
from tests.replay.record import AGENT, older_document, package_of
from tests.replay.recording import read_metadata, write_metadata, write_pages
from tests.replay.rendering import Style
from tests.replay.server import ReplayIndex
from tests.replay.until_told import wait_until_told

# What a resolution reads; descriptions, authors and links are not kept.
_KEPT = ("Metadata-Version", "Name", "Version", "Requires-Python", "Dynamic", "Provides-Extra", "Requires-Dist")


class RecordingIndex(ReplayIndex):
    """A replay index that learns. Upstream requests are made one after the other."""

    def __init__(self, upstream: str, port: int = 0) -> None:
        # no digests: the texts served are shorter than those that the index has digests of
        super().__init__(port=port, style=Style(metadata_digests=False))
        self._upstream = upstream
        self._client = IndexClient(upstream, user_agent=AGENT)
        self._files: dict[str, dict[str, IndexFile]] = {}
        self._refused: set[tuple[str, str]] = set()
        self.learned_pages = 0
        self.learned: dict[str, dict[str, Lines]] = {}

    def _get(self, name: str) -> ReplayPackage | None:
        if name not in self._names and (name, "") not in self._refused:
            self._learn_page(name)
        return super()._get(name)

    def file(self, name: str, filename: str, as_of: str | None) -> ReplayFile | None:
        """As the base, after the release's metadata was learned."""
        with self.lock:
            found = super().file(name, filename, as_of)
            if found is None or found.metadata is not None or (name, found.row.version) in self._refused:
                return found
            lines = self._metadata(name, found.row.filename)
            if lines is None:
                self._refused.add((name, found.row.version))
                return found
            self.learned.setdefault(name, {})[found.row.version] = lines
            self._packages[name].learn(found.row.version, lines)
            return super().file(name, filename, as_of)

    def write(self) -> None:
        """Adds what was learned to the recorded data."""
        with self.lock:
            for name, releases in self.learned.items():
                write_metadata(name, dict(sorted({**read_metadata(name), **releases}.items())))

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

    def _metadata(self, name: str, filename: str) -> Lines | None:
        if name not in self._files:
            answer = self._client.page(name)
            assert isinstance(answer, FreshPage)
            self._files[name] = {file.filename: file for file in answer.page.files}
        file = self._files[name].get(filename)
        if file is None:
            return None
        try:
            return compact(self._text(file))
        except IndexFault as error:
            print(f"{filename}: {error}", file=sys.stderr)
            return None

    def _text(self, file: IndexFile) -> bytes:
        if file.filename.endswith(".whl"):
            try:
                return self._client.metadata(file)
            except IndexFault:
                return self._client.wheel_metadata(file.url)
        if file.filename.endswith((".tar.gz", ".tgz", ".zip")):
            return self._client.sdist_metadata(file.url)
        raise InvalidArchive(file.url, "no metadata in this kind of file")


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
    options = parser.parse_args(arguments)
    with RecordingIndex(default_index_url(), options.port) as index:
        print(index.url, flush=True)
        wait_until_told()
        index.write()
        releases = sum(len(found) for found in index.learned.values())
        print(f"learned {index.learned_pages} pages and metadata of {releases} releases", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
