"""The official images of Python and the runtimes of AWS Lambda: on which system each of them runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from scanner.domain.targets.pythons import PYTHON_BRANCHES, PYTHONS, Implementation

_IMAGE = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?P<name>python|pypy):(?P<python>3\.\d{1,2})(?:\.\d+)?"
    r"(?P<variants>(?:-[a-z]+(?:[\d.]+|-ltsc\d+)?)*)"
)
_LAMBDA = re.compile(r"(?:lambda-|public\.ecr\.aws/lambda/python:)(?P<python>3\.\d{1,2})")
_PROCESSOR = re.compile(r"(?P<name>.*?)(?: on | |-)(?:linux/)?(?:(?P<arm>arm64|aarch64)|x86[-_]64|amd64|x64)")
# Part of an image's name and tag → the system's name among the runtimes, and what people call it. First match.
_SYSTEMS = (
    ("windowsservercore", "windows", "Windows"),
    ("alpine", "alpine", "Alpine"),
    ("buster", "rhel-8", "Debian 10"),  # the same glibc
    ("bullseye", "debian-11", "Debian 11"),
    ("bookworm", "debian-12", "Debian 12"),
    ("trixie", "debian-13", "Debian 13"),
    ("ubuntu:20.04", "ubuntu-20.04", "Ubuntu 20.04"),
    ("ubuntu:focal", "ubuntu-20.04", "Ubuntu 20.04"),
    ("ubuntu:22.04", "ubuntu-22.04", "Ubuntu 22.04"),
    ("ubuntu:jammy", "ubuntu-22.04", "Ubuntu 22.04"),
    ("ubuntu:24.04", "ubuntu-24.04", "Ubuntu 24.04"),
    ("ubuntu:noble", "ubuntu-24.04", "Ubuntu 24.04"),
    ("ubi8", "rhel-8", "RHEL 8"),
    ("ubi9", "rhel-9", "RHEL 9"),
    ("ubi10", "rhel-10", "RHEL 10"),
    ("rockylinux:8", "rocky-8", "Rocky 8"),
    ("rockylinux:9", "rocky-9", "Rocky 9"),
    ("almalinux:8", "alma-8", "Alma 8"),
    ("almalinux:9", "alma-9", "Alma 9"),
    ("amazonlinux:2023", "amazonlinux-2023", "Amazon Linux 2023"),
)
# What the tags of the official images name.
_VARIANTS = {part: system for part, system, _ in _SYSTEMS if part.isalpha()}
# The images without a name of Debian in their tag moved to Debian 13 when older Pythons were no longer built.
_OLDEST_ON_DEBIAN_13 = (3, 9)
# AWS Lambda has Amazon Linux 2 from the first of these Pythons on, Amazon Linux 2023 from the second.
_LAMBDA_2, _LAMBDA_2023 = (3, 8), (3, 12)


class ImageSystem(Struct, frozen=True):
    """What an image runs: the names of a Python ("3.13", "pypy3.11") and of a system ("debian-13-arm64")."""

    python: str
    system: str


def find_image(text: str) -> ImageSystem | None:
    """Return what "python:3.13-slim", "pypy:3.11", "lambda-3.13" or "python:3.13 on arm64" runs; None for others."""
    processor = _PROCESSOR.fullmatch(text)
    reference, suffix = (text, "") if processor is None else (processor["name"], "-arm64" if processor["arm"] else "")
    if found := _LAMBDA.fullmatch(reference):
        version = _version(found["python"])
        return ImageSystem(found["python"], lambda_system(version) + suffix) if version >= _LAMBDA_2 else None
    found = _IMAGE.fullmatch(reference)
    if found is None:
        return None
    words = {word.rstrip("0123456789.") for word in found["variants"].split("-")[1:]} - {"slim", "ltsc"}
    if not words <= set(_VARIANTS) or len(words) > 1:
        return None
    pypy = found["name"] == "pypy"
    system = next((_VARIANTS[word] for word in words), usual_system(_version(found["python"]), pypy=pypy))
    return ImageSystem(f"{'pypy' if pypy else ''}{found['python']}", system + suffix)


def named_system(reference: str) -> tuple[str, str] | None:
    """Return the system that an image's name and tag mention: its name among the runtimes, and what people call it."""
    return next(((system, label) for part, system, label in _SYSTEMS if part in reference), None)


def usual_system(version: tuple[int, ...], *, pypy: bool) -> str:
    """Return the system of the official image of a Python whose tag mentions none."""
    return "debian-13" if version >= _OLDEST_ON_DEBIAN_13 and not pypy else "debian-12"


def lambda_system(version: tuple[int, ...]) -> str:
    """Return the system of AWS Lambda with this Python."""
    return "amazonlinux-2023" if version >= _LAMBDA_2023 else "amazonlinux-2"


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
