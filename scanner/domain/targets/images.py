"""The official images of Python and the runtimes of AWS Lambda: on which system each of them runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.domain.targets.pythons import PYTHON_BRANCHES, PYTHONS, Implementation

_IMAGE = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?P<name>python|pypy):(?P<python>3\.\d{1,2})(?:\.\d+)?"
    r"(?P<variants>(?:-[a-z]+(?:[\d.]+|-ltsc\d+)?)*)"
)
_LAMBDA = re.compile(r"(?:lambda-|public\.ecr\.aws/lambda/python:)(?P<python>3\.\d{1,2})")
_PROCESSOR = re.compile(r"(?P<name>.*?)(?: on | |-)(?:linux/)?(?:(?P<arm>arm64|aarch64)|x86[-_]64|amd64|x64)")
_SYSTEMS = {
    "alpine": "alpine",
    "buster": "rhel-8",  # Debian 10, which has the same glibc
    "bullseye": "debian-11",
    "bookworm": "debian-12",
    "trixie": "debian-13",
    "windowsservercore": "windows",
}
# The images without a name of Debian in their tag moved to Debian 13 when older Pythons were no longer built.
_OLDEST_ON_DEBIAN_13 = (3, 9)
# AWS Lambda has Amazon Linux 2 from the first of these Pythons on, Amazon Linux 2023 from the second.
_LAMBDA_2, _LAMBDA_2023 = (3, 8), (3, 12)


@dataclass(frozen=True, slots=True)
class ImageSystem:
    """What an image runs: the names of a Python ("3.13", "pypy3.11") and of a system ("debian-13-arm64")."""

    python: str
    system: str


def find_image(text: str) -> ImageSystem | None:
    """Return what "python:3.13-slim", "pypy:3.11", "lambda-3.13" or "python:3.13 on arm64" runs; None for others."""
    processor = _PROCESSOR.fullmatch(text)
    reference, suffix = (text, "") if processor is None else (processor["name"], "-arm64" if processor["arm"] else "")
    if found := _LAMBDA.fullmatch(reference):
        version = _version(found["python"])
        system = "amazonlinux-2023" if version >= _LAMBDA_2023 else "amazonlinux-2"
        return ImageSystem(found["python"], system + suffix) if version >= _LAMBDA_2 else None
    found = _IMAGE.fullmatch(reference)
    if found is None:
        return None
    words = {word.rstrip("0123456789.") for word in found["variants"].split("-")[1:]} - {"slim", "ltsc"}
    if not words <= set(_SYSTEMS) or len(words) > 1:
        return None
    pypy = found["name"] == "pypy"
    usual = "debian-13" if _version(found["python"]) >= _OLDEST_ON_DEBIAN_13 and not pypy else "debian-12"
    system = next((_SYSTEMS[word] for word in words), usual)
    return ImageSystem(f"{'pypy' if pypy else ''}{found['python']}", system + suffix)


def image_names() -> Iterator[str]:
    """Yield the names of the usual images and runtimes of the final CPythons."""
    for python in PYTHONS:
        final = PYTHON_BRANCHES[python.version].released is not None
        if python.implementation is Implementation.CPYTHON and final and not python.free_threaded:
            yield from (f"python:{python.label}{variant}" for variant in ("", "-slim", "-bookworm", "-alpine"))
            if python.version >= _LAMBDA_2:
                yield from (f"lambda-{python.label}", f"lambda-{python.label}-arm64")


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
