"""uv as the other side of a comparison: one target, one question, over an index on this machine."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from scanner.domain.targets.pythons import Implementation
from scanner.domain.targets.target import Target

# uv's words for "there is no such set"; any other failure is an accident, not an answer.
_NO_SET = ("No solution found", "no versions of", "was not found in the package registry", "no usable wheels")
# Seconds for one answer, and how often one is waited for.
_LONGEST = 120
_TRIES = 3
# What tells uv which certificates to trust, for an index that is not on this machine.
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_GLIBC = re.compile(r"manylinux_(2_\d+)_(x86_64|aarch64)")
_GLIBC_FLOORS = {"2_17", "2_28", *(f"2_{minor}" for minor in range(31, 41))}
_MACOS = re.compile(r"macosx_(\d+)_(\d+)_(arm64|x86_64)")
_PLAIN = {
    "musllinux_1_2_x86_64": "x86_64-unknown-linux-musl",
    "musllinux_1_2_aarch64": "aarch64-unknown-linux-musl",
    "win_amd64": "x86_64-pc-windows-msvc",
    "win_arm64": "aarch64-pc-windows-msvc",
    "win32": "i686-pc-windows-msvc",
}


class UvTarget(Struct, frozen=True):
    """A target in uv's words: its Python with our patch level, its platform, and what the environment must say."""

    python: str
    platform: str
    environment: tuple[tuple[str, str], ...] = ()


def uv_target(target: Target) -> UvTarget | None:
    """Return None where uv cannot be asked: free-threaded builds, PyPy, and platforms that it has no name for."""
    if target.python.free_threaded or target.python.implementation is not Implementation.CPYTHON:
        return None
    slug, python = target.platform.slug, target.python.full_version
    if slug in _PLAIN:
        return UvTarget(python, _PLAIN[slug])
    if (glibc := _GLIBC.fullmatch(slug)) and glibc[1] in _GLIBC_FLOORS:
        return UvTarget(python, f"{glibc[2]}-manylinux_{glibc[1]}")
    if macos := _MACOS.fullmatch(slug):
        machine = "aarch64" if macos[3] == "arm64" else "x86_64"
        floor = (("MACOSX_DEPLOYMENT_TARGET", f"{macos[1]}.{macos[2]}"),)
        return UvTarget(python, f"{machine}-apple-darwin", floor)
    return None


class Uv:
    """uv with a cache of its own; it never fetches a Python and reads no configuration of this machine."""

    def __init__(self, program: str, index_url: str, folder: Path, options: Sequence[str] = ()) -> None:
        self._program, self._index_url, self._folder, self._options = program, index_url, folder, options
        folder.mkdir(parents=True, exist_ok=True)

    def under(self, options: Sequence[str]) -> Uv:
        """Return the same with options that every question is asked with."""
        return Uv(self._program, self._index_url, self._folder, options)

    def compile(
        self,
        requirements: Path,
        target: UvTarget,
        *,
        resolution: str = "highest",
        constraints: Path | None = None,
    ) -> dict[str, str] | None:
        """Return the set that uv chooses, wheels only; None when it says that there is none."""
        limits = ["--constraint", str(constraints)] if constraints is not None else []
        done = self._run("compile", target, str(requirements), *limits, "--resolution", resolution,
                         "--no-header", "--no-annotate", "--quiet")  # fmt: skip
        if done.returncode:
            return None if self._is_answer(done) else self._fail(done)
        lines = (line.partition(";")[0].strip() for line in done.stdout.splitlines())
        pins = (line.partition("==") for line in lines if "==" in line)
        return {name.partition("[")[0]: version for name, _, version in pins}

    def refusal(self, requirements: Path, target: UvTarget) -> str | None:
        """Return what uv says when there is no set; None when there is one."""
        done = self._run("compile", target, str(requirements), "--quiet")
        return " ".join(done.stderr.split()) if done.returncode else None

    def installs(self, pins: Sequence[str], target: UvTarget) -> str | None:
        """Return None when `uv pip install --no-deps` would install exactly these pins there, else what it says."""
        where = self._folder / "target"
        done = self._run("install", target, "--dry-run", "--no-deps", "--target", str(where), *pins)
        return done.stderr.strip() if done.returncode else None

    def installs_file(self, requirements: Path, target: UvTarget) -> bool:
        """Return whether `uv pip install --no-deps` would install a file's requirements there."""
        where = self._folder / "target"
        done = self._run("install", target, "--dry-run", "--no-deps", "--target", str(where), "-r", str(requirements))
        if done.returncode and not self._is_answer(done):
            self._fail(done)
        return done.returncode == 0

    def holds_together(self, pins: Mapping[str, str], target: UvTarget, folder: Path) -> bool:
        """Return whether these pins satisfy the dependencies of all of them."""
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".txt", delete=False) as file:
            file.writelines(f"{name}=={version}\n" for name, version in pins.items())
        found = self.compile(Path(file.name), target)
        Path(file.name).unlink()
        return found is not None and found.keys() <= pins.keys()

    def _run(self, verb: str, target: UvTarget, *more: str) -> subprocess.CompletedProcess[str]:
        command = [
            self._program, "pip", verb, "--index-url", self._index_url, "--only-binary", ":all:",
            "--python", sys.executable, "--python-version", target.python, "--python-platform", target.platform,
            *self._options, *more,
        ]  # fmt: skip
        environment = {
            "PATH": os.environ.get("PATH", ""),
            **{name: value for name in _CERTIFICATES if (value := os.environ.get(name))},
            "HOME": str(self._folder),
            "UV_CACHE_DIR": str(self._folder / "cache"),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_CONFIG": "1",
            **dict(target.environment),
        }
        run = partial(
            subprocess.run, command, capture_output=True, text=True, env=environment, check=False, timeout=_LONGEST
        )
        for _ in range(_TRIES - 1):
            # An index that records has learned more by the next time.
            with contextlib.suppress(subprocess.TimeoutExpired):
                return run()
        return run()

    @staticmethod
    def _is_answer(done: subprocess.CompletedProcess[str]) -> bool:
        return any(words in done.stderr for words in _NO_SET)

    @staticmethod
    def _fail(done: subprocess.CompletedProcess[str]) -> None:
        raise RuntimeError(f"uv gave no answer: {done.stderr.strip()}")
