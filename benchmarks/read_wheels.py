"""Read the newest wheel of the packages that the recorded index requires most, from the index that the commands ask.

    python -m benchmarks.read_wheels OUTPUT.jsonl [--packages 400]
    python -m benchmarks.read_wheels OUTPUT.jsonl --draw 30 --seed 7

The first writes a line of JSON for each wheel, and its figures; what is in the output is left out. The second draws
findings and prints each with the lines of the wheel around it, so that someone can judge them.
docs/evidence.md has the results.
"""

import argparse
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import django
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from projects.sandbox import CallLimitReached, CallLimits, Sandbox
from scanner.domain.evidence.wheel_reader import read_wheel
from scanner.domain.evidence.wheel_reading import (
    ImportGuard,
    certain_breaks,
    with_requirements,
)
from scanner.domain.files.core_metadata import parse_core_metadata
from scanner.domain.files.zip_directory import unpack_member
from scanner.domain.index_page.page import IndexFile
from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.default_index import default_ca_bundle
from scanner.index.errors import IndexFault, NoSuchFile
from tests.replay.recording import read_metadata, recorded_names

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
django.setup()

# Its models need Django.
from scanner.services.indexes import configured_index_url  # noqa: E402

CONNECTIONS = 4
AROUND = 12
# The defaults of the product, but that a machine which does other work has time for them.
CLOCK = 900.0
_SANDBOX = Sandbox(CallLimits(20, 768, 2))


def main() -> None:
    """Read the wheels, or draw from what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--packages", type=int, default=400)
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    client = IndexClient(configured_index_url(), ca_bundle=default_ca_bundle())
    rows = [json.loads(line) for line in chosen.output.read_text().splitlines()] if chosen.output.exists() else []
    if chosen.draw:
        _draw(client, rows, chosen.draw, chosen.seed)
    else:
        _read_all(client, rows, chosen.output, chosen.packages)


def _read_all(client: IndexClient, rows: list[dict[str, Any]], output: Path, number: int) -> None:
    known = {row["package"] for row in rows}
    names = [name for name in most_required(number) if name not in known]
    began = time.monotonic()
    lock = threading.Lock()

    def read(name: str) -> None:
        row = _read(client, name)
        with lock, output.open("a") as out:
            out.write(json.dumps(row) + "\n")
            rows.append(row)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(read, names))
    _print_figures(rows, time.monotonic() - began)


def most_required(number: int) -> list[str]:
    """Return the packages that the newest releases of the recorded index require most; by extras counts less."""
    always, counts = Counter[str](), Counter[str]()
    for name in recorded_names():
        releases = read_metadata(name).releases
        if releases:
            required = list(_required(releases[max(releases, key=_version)]))
            counts.update({one for one, _ in required})
            always.update({one for one, by_extra in required if not by_extra})
    return sorted(counts, key=lambda name: (-always[name], -counts[name], name))[:number]


def _version(text: str) -> Version:
    try:
        return Version(text)
    except ValueError:
        return Version("0")


def _required(lines: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, bool]]:
    for header, value in lines:
        if header.lower() != "requires-dist":
            continue
        try:
            requirement = Requirement(value)
        except InvalidRequirement:
            continue
        yield canonicalize_name(requirement.name), "extra" in str(requirement.marker or "")


def _read(client: IndexClient, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {"package": name}
    began = time.monotonic()
    try:
        newest = _newest_wheel(client, name)
        if newest is None:
            return {**row, "error": "no wheel"}
        version, file = newest
        row.update(file=file.filename, version=str(version), url=file.url, size=file.size or 0)
        sources = client.wheel_sources(file.url)
        requires = parse_core_metadata(_metadata(client, file)).stated
        row.update(received=sources.received, fetched=round(time.monotonic() - began, 2))
        call = partial(read_wheel, is_whole=sources.is_whole)
        reading = _SANDBOX.call(call, sources.paths, dict(sources.packed), clock=CLOCK, wait=CLOCK)
    except (IndexFault, CallLimitReached) as error:
        return {**row, "error": str(error)}
    reading = with_requirements(reading, canonicalize_name(name), requires)
    breaks = certain_breaks(reading, canonicalize_name(name), version, file.filename)
    return {
        **row,
        "seconds": round(time.monotonic() - began, 2),
        "files": reading.files,
        "unread": reading.unread,
        "imports": [one.to_json() for one in reading.imports],
        "breaks": [f"{one.action}: {one.symptom} on {one.pythons}" for one in breaks],
    }


def _metadata(client: IndexClient, file: IndexFile) -> str:
    try:
        return client.metadata(file).decode(errors="replace")
    except NoSuchFile:
        return client.wheel_metadata(file.url).decode(errors="replace")


def _newest_wheel(client: IndexClient, name: str) -> tuple[Version, IndexFile] | None:
    found = client.page(name)
    assert isinstance(found, FreshPage)
    wheels = [(version, file) for file in found.page.files if (version := _version_of(file)) and not file.yanked]
    final = [one for one in wheels if not one[0].is_prerelease] or wheels
    return max(final, key=lambda one: (one[0], "x86_64" in one[1].filename, one[1].filename), default=None)


def _version_of(file: IndexFile) -> Version | None:
    try:
        return parse_wheel_filename(file.filename)[1]
    except InvalidWheelFilename:
        return None


def _print_figures(rows: list[dict[str, Any]], seconds: float) -> None:
    read = [row for row in rows if "error" not in row]
    kinds = Counter(one["guard"] for row in read for one in row["imports"])
    print(f"{len(read)} of {len(rows)} wheels read in {seconds:.0f} s (of this run)")
    print(f"{sum(row['received'] for row in read):,} bytes of {sum(row['size'] for row in read):,}")
    print(f"{sum(row['files'] for row in read):,} files, {sum(row['unread'] for row in read):,} not read")
    print(f"{sum(kinds.values())} findings: {dict(kinds)}")
    for row in rows:
        for one in row.get("breaks", [row["error"]] if "error" in row else []):
            print(f"  {row.get('file', row['package'])}: {one}")


def _draw(client: IndexClient, rows: list[dict[str, Any]], number: int, seed: int) -> None:
    every = [
        (row, one)
        for row in sorted(rows, key=lambda row: row["package"])
        for one in row.get("imports", ())
        if one["guard"] != ImportGuard.BROUGHT
    ]
    print(f"{number} of {len(every)} findings, seed {seed}")
    for count, (row, one) in enumerate(random.Random(seed).sample(every, number), 1):
        print(
            f"\n=== {count}. {row['file']} {one['path']}:{one['line']} {one['module']} {one['guard']} {one['not_on']}"
        )
        packed = client.wheel_sources(row["url"]).packed
        member = next(member for member in packed if member.name == one["path"])
        lines = unpack_member(member, packed[member], 1 << 22).decode(errors="replace").splitlines()
        first = max(0, one["line"] - AROUND)
        for at, text in enumerate(lines[first : one["line"] + 6], first + 1):
            print(f"{'>' if at == one['line'] else ' '}{at:5} {text[:150]}")


if __name__ == "__main__":
    main()
