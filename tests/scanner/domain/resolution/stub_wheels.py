"""A small index as a flat folder of wheels that hold nothing but metadata, for other resolvers to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.patience import PATIENCE
from tests.scanner.domain.resolution.small_index import SmallIndex

_TAGS = {
    "*": "py3-none-any",
    "linux": "py3-none-manylinux_2_17_x86_64",
    "win32": "py3-none-win_amd64",
    "3.11": "cp311-none-any",
}


def write_wheels(index: SmallIndex, folder: Path) -> None:
    """One wheel for each place that a release is offered on; nothing for a release that is offered nowhere."""
    for name, rows in index.items():
        for version, row in rows.items():
            for place in row.get("on", ["*"]):
                if place in _TAGS:
                    _write_wheel(folder, name, version, _TAGS[place], row.get("needs", []))


def _write_wheel(folder: Path, name: str, version: str, tag: str, needs: Sequence[str]) -> None:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Provides-Extra: x"]
    lines += [f"Requires-Dist: {need}" for need in needs]
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name.replace('-', '_')}-{version}-{tag}.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")


def find_uv() -> str | None:
    """Return the uv of this environment, or any."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def uv_compile(
    uv: str,
    folder: Path,
    requirements: Sequence[str],
    cache: Path,
    *,
    python: str = "3.13",
    platform: str = "x86_64-manylinux_2_28",
    resolution: str = "highest",
    patience: float = PATIENCE,
) -> dict[str, str] | None:
    """Return the set that uv chooses for a target from a folder of wheels; None if it says that there is none."""
    wanted = folder / "wanted.in"
    wanted.write_text("\n".join(requirements) + "\n")
    command = [
        uv, "pip", "compile", str(wanted), "--no-index", "--find-links", str(folder), "--only-binary", ":all:",
        "--python-version", python, "--python-platform", platform, "--no-header", "--no-annotate", "--quiet",
        "--resolution", resolution, "--python", sys.executable,
    ]  # fmt: skip
    # Without this uv may try to fetch an interpreter of its own.
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_CACHE_DIR": str(cache), "UV_NO_CONFIG": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=patience)
    if done.returncode:
        assert "No solution found" in done.stderr or "not found" in done.stderr, done.stderr
        return None
    pins = [line.split("==") for line in done.stdout.splitlines() if "==" in line]
    return {name.partition("[")[0].strip(): version.partition(";")[0].strip() for name, version in pins}
