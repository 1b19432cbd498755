"""Records packages of the index for the replay index: `python -m tests.replay.record NAME…`.

One request a package, one after the other, to the older document `pypi/NAME/json` beside the simple index that pip
on this machine would use. It carries what the simple page's JSON form carries (upload time, Requires-Python, size,
digests, yank) also where the simple index answers HTML only. Stored are facts, never an address.
"""

import argparse
import re
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from packaging.utils import canonicalize_name

from scanner.index.default_index import default_index_url
from tests.replay.recording import DATA, RecordedFile, RecordedPackage, write_pages

# Maintainers write links into yank reasons; recorded data holds no addresses.
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:org|com|io|net|dev)\b\S*", re.IGNORECASE)
AGENT = "wheelway-replay-recorder/1 (test data; one request a package)"


def older_document(index_url: str, name: str) -> str:
    """The address of pypi/NAME/json beside a simple index: `…/simple` -> `…/pypi/NAME/json`."""
    parts = urlsplit(index_url)
    root = parts.path.rstrip("/").removesuffix("simple").rstrip("/")
    return urlunsplit(parts._replace(path=f"{root}/pypi/{name}/json"))


def package_of(document: dict[str, Any]) -> RecordedPackage:
    """The facts of the older document; files that it lists twice count once."""
    files: dict[str, RecordedFile] = {}
    for version, rows in document["releases"].items():
        for row in rows:
            metadata = row.get("core-metadata") or row.get("core_metadata")
            files[row["filename"]] = RecordedFile(
                filename=row["filename"],
                version=version,
                uploaded_at=row["upload_time_iso_8601"],
                size=row.get("size"),
                sha256=row.get("digests", {}).get("sha256"),
                requires_python=row.get("requires_python") or None,
                yanked=bool(row.get("yanked")),
                yanked_reason=_LINK.sub("[link]", row.get("yanked_reason") or "") or None,
                metadata_sha256=metadata.get("sha256") if isinstance(metadata, dict) else None,
            )
    name = canonicalize_name(document["info"]["name"])
    return RecordedPackage(name, int(document["last_serial"]), tuple(files.values()))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replay.record", description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--index-url", default=None, help="simple index to record from (default: pip's)")
    options = parser.parse_args(arguments)
    index_url = options.index_url or default_index_url()
    failed = 0
    with requests.Session() as session:
        session.headers["User-Agent"] = AGENT
        for name in dict.fromkeys(canonicalize_name(name) for name in options.names):
            answer = session.get(older_document(index_url, name), timeout=120)
            if answer.status_code != 200:
                print(f"{name}: answered {answer.status_code}, not recorded", file=sys.stderr)
                failed += 1
                continue
            package = package_of(answer.json())
            path = write_pages(package)
            print(f"{name}: {len(package.files)} files, {path.stat().st_size / 1024:.0f} KB", file=sys.stderr)
    total = sum(path.stat().st_size for path in DATA.rglob("*.xz"))
    print(f"all recorded data: {total / 1e6:.2f} MB", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
