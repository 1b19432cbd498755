"""Compare what is read of compiled modules with what abi3audit and auditwheel say of the same wheels.

    python -m benchmarks.wheel_auditors FOLDER --tools /path/to/their/venv/bin

FOLDER has wheels for Linux. Each wheel is a line: the symbols outside of the stable ABI by abi3audit and here, and
whether the newest glibc is beyond the oldest of its tags by auditwheel and here. docs/evidence.md has the results.
"""

import argparse
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledReading, is_compiled_module, read_compiled
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.files.zip_directory import LARGEST_END, find_directory, read_directory
from scanner.domain.targets.platform_tags import System, parse_platform_tag

_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)")


def main() -> None:
    """Read each wheel in three ways and print where they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tools", type=Path, required=True)
    chosen = parser.parse_args()
    same = 0
    wheels = sorted(chosen.folder.glob("*.whl"))
    for wheel in wheels:
        reading = _ours(wheel)
        theirs = (_abi3audit(chosen.tools, wheel), _auditwheel(chosen.tools, wheel))
        ours = (_modules(reading, CompiledFault.STABLE_ABI), _modules(reading, CompiledFault.GLIBC))
        agrees = ours[0] == theirs[0] and bool(ours[1]) == theirs[1]
        same += agrees
        note = "" if agrees else f" THEY: {theirs[0]} {theirs[1]}"
        print(f"{'same' if agrees else 'DIFFERENT'} {wheel.name} {ours} of {reading.modules}+{reading.unread}{note}")
    print(f"{same} of {len(wheels)} the same")


def _ours(wheel: Path) -> CompiledReading:
    data = wheel.read_bytes()
    directory = find_directory(data[-LARGEST_END:], len(data))
    members = read_directory(data[directory.start : directory.start + directory.size], directory)
    name = parse_filename(wheel.name, canonicalize_name(wheel.name.partition("-")[0]))
    assert isinstance(name, ParsedFilename)
    packed = {one: data[one.start :][: one.packed + 1000] for one in members if is_compiled_module(one.name)}
    return read_compiled(name, packed, left_out=0)


def _modules(reading: CompiledReading, fault: CompiledFault) -> list[str]:
    return sorted(one.path.rpartition("/")[2] for one in reading.findings if one.fault is fault)


def _run(command: list[str]) -> Mapping[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: Mapping[str, Any] = json.loads(done.stdout or "{}")
    return found


def _abi3audit(tools: Path, wheel: Path) -> list[str]:
    said = _run([str(tools / "abi3audit"), "-R", str(wheel)])
    (modules,) = (one["wheel"] for one in said["specs"].values())
    return sorted(
        one["name"]
        for one in modules
        if not (one["result"]["is_abi3"] and one["result"]["is_abi3_baseline_compatible"])
    )


def _auditwheel(tools: Path, wheel: Path) -> bool:
    """Return whether the newest glibc whose symbols the wheel takes is beyond the oldest of its tags."""
    said = _run([str(tools / "auditwheel"), "show", "--json", str(wheel)])
    versions = [
        (int(match[1]), int(match[2]))
        for named in said.get("versioned_symbols", {}).values()
        for one in named
        if (match := _GLIBC.fullmatch(one)) is not None
    ]
    tags = [parse_platform_tag(one) for one in wheel.stem.rpartition("-")[2].split(".")]
    promised = [tag.floor for tag in tags if tag is not None and tag.system is System.GLIBC]
    return bool(promised) and max(versions, default=(0, 0)) > min(promised)


if __name__ == "__main__":
    main()
