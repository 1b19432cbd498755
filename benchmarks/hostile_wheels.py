"""What reading hostile wheels costs: `python -m benchmarks.hostile_wheels`.

Each is read as the product reads it: fetched by ranges from a server on this machine, unpacked and parsed in a child
with its limits. Each in a process of its own, so that its memory is its own. docs/evidence.md has the table.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

from packaging.utils import canonicalize_name

from benchmarks.hostile_wheels_inside import peak_memory, read_compiled_measured, read_measured
from projects.sandbox import CallLimitReached, CallLimits, Sandbox
from scanner.domain.files.filenames import parse_filename
from scanner.domain.files.zip_directory import LARGEST_END, find_directory, local_size, read_directory
from scanner.index.client import IndexClient
from scanner.index.errors import InvalidArchive
from tests.archives import zip_of
from tests.hostile.modules import MODULES
from tests.hostile.wheels import WHEELS
from tests.replay import ReplayIndex, a_file

# The defaults of WHEELWAY_READ_SECONDS and WHEELWAY_READ_MEMORY_MB.
LIMITS = CallLimits(20, 768, 1)
# In seconds: on a machine that does other work the processor time is what counts.
CLOCK = 900.0
_FILE = "demo-1.0-py3-none-any.whl"


def main() -> None:
    """Serve each wheel and print a row for it; or read the one at `--url` and print what that cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="wheels with this in their name")
    parser.add_argument("--url", nargs=2, metavar=("INDEX", "FILE"))
    chosen = parser.parse_args()
    if chosen.url is not None:
        print(_read(*chosen.url))
        return
    print(f"{'wheel':50} {'bytes':>11} {'got':>11} {'s':>6} {'MB':>5} {'child s':>8} {'MB':>5}  outcome", flush=True)
    for name, make in WHEELS.items():
        if chosen.only not in name:
            continue
        body = make()
        with ReplayIndex(recorded=False) as index:
            index.add_package("demo", [a_file(_FILE)])
            index.mount_body("demo", _FILE, body)
            command = [
                sys.executable,
                "-m",
                "benchmarks.hostile_wheels",
                "--url",
                index.url,
                f"{index.base_url}/files/demo/{_FILE}",
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"{name:50} {len(body):11,} {done.stdout.strip() or done.stderr.strip()[-200:]}", flush=True)
    for name, made in MODULES.items():
        if chosen.only in name:
            print(f"{name:50} {_read_compiled(zip_of(made()))}", flush=True)


def _read_compiled(body: bytes) -> str:
    """Return the size of a wheel of hostile modules, and what reading these costs the child."""
    directory = find_directory(body[-LARGEST_END:], len(body))
    members = read_directory(body[directory.start : directory.start + directory.size], directory)
    packed = {member: body[member.start :][: local_size(member)] for member in members}
    filename = parse_filename("demo-1.0-cp39-abi3-manylinux_2_17_x86_64.whl", canonicalize_name("demo"))
    sandbox = Sandbox(LIMITS)
    try:
        reading, seconds, memory = sandbox.call(read_compiled_measured, filename, packed, clock=CLOCK)
    except CallLimitReached as reached:
        return f"{len(body):11,} the child reached its limit of {reached.limit}"
    finally:
        sandbox.close()
    return f"{len(body):11,} {'':24} {seconds:8.2f} {memory:5}  {reading.modules} modules, {reading.unread} not"


def _read(index: str, url: str) -> str:
    client = IndexClient(index)
    before, began = peak_memory(), time.process_time()
    try:
        sources = client.wheel_sources(url)
    except InvalidArchive as error:
        cost = f"{time.process_time() - began:6.2f} {peak_memory() - before:5}"
        return f"{'':11} {cost} {'':8} {'':5}  refused: {error.message}"
    sandbox = Sandbox(LIMITS)
    try:
        reading, seconds, memory = sandbox.call(read_measured, sources.paths, dict(sources.packed), clock=CLOCK)
        child = (
            f"{seconds:8.2f} {memory:5}  {len(reading.imports)} findings, {reading.files} files, {reading.unread} not"
        )
    except CallLimitReached as reached:
        child = f"{_of_child()}  the child reached its limit of {reached.limit}"
    finally:
        sandbox.close()
    return f"{sources.received:11,} {time.process_time() - began:6.2f} {peak_memory() - before:5} {child}"


def _of_child() -> str:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{used.ru_utime + used.ru_stime:8.2f} {used.ru_maxrss // 1024:5}"


if __name__ == "__main__":
    main()
