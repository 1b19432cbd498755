"""Where a project runs today, by the signs that its own files give: images, version files, workflow matrices. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.dependency_files.values import RuntimeHint
from scanner.domain.targets.pythons import PYTHONS, Implementation, Python
from scanner.domain.targets.runtimes import RUNTIMES
from scanner.domain.targets.target import UnknownTarget, parse_target

_PYTHON = re.compile(r"(?P<pypy>pypy-?)?(?P<major>[23])\.(?P<minor>\d{1,2})(?:\.\d+|\.[x*])?(?P<threads>t)?(?![\w])")
_EXACT = re.compile(r"(?:pypy-?)?\d+(?:\.\d+|\.[x*])*t?(?:[abrc]+\d+)?(?:-dev)?")
_IMAGE = re.compile(r"(?:.*/)?(?P<name>[\w.\-]+?)(?::(?P<tag>[\w.\-]+))?(?:@\S+)?")
# Words of an image's name and tag → how the catalogue names what is inside. The first that fits counts.
_SYSTEMS = (
    ("alpine", "python:3.X-alpine", "Alpine"),
    ("bookworm", "python:3.X-bookworm", "Debian 12"),
    ("bullseye", "Debian 11", "Debian 11"),
    ("trixie", "python:3.X and", "Debian 13"),
    ("ubuntu:20.04", "Ubuntu 20.04", "Ubuntu 20.04"),
    ("ubuntu:focal", "Ubuntu 20.04", "Ubuntu 20.04"),
    ("ubuntu:22.04", "Ubuntu 22.04", "Ubuntu 22.04"),
    ("ubuntu:jammy", "Ubuntu 22.04", "Ubuntu 22.04"),
    ("ubuntu:24.04", "Ubuntu 24.04", "Ubuntu 24.04"),
    ("ubuntu:noble", "Ubuntu 24.04", "Ubuntu 24.04"),
    ("ubi8", "RHEL 8", "RHEL 8"),
    ("ubi9", "RHEL 9", "RHEL 9"),
    ("ubi10", "RHEL 10", "RHEL 10"),
    ("rockylinux:8", "RHEL 8", "Rocky 8"),
    ("rockylinux:9", "RHEL 9", "Rocky 9"),
    ("almalinux:8", "RHEL 8", "Alma 8"),
    ("almalinux:9", "RHEL 9", "Alma 9"),
    ("amazonlinux:2023", "Amazon Linux 2023", "Amazon Linux 2023"),
    ("python:", "python:3.X and", "Debian"),
)
_LAMBDA = re.compile(r"lambda/python")
# From this Python on AWS Lambda stands on Amazon Linux 2023, before on Amazon Linux 2.
_NEWER_LAMBDA = (3, 12)
_ARM = ("arm64", "aarch64")
_MOST_PYTHONS = 3


@dataclass(frozen=True, slots=True)
class Today:
    """What the project seems to run on now. `words` is "Python 3.11 on Debian, says Dockerfile".

    `targets` are slugs of that Python on that system, best guess first; of those the project may have none.
    `pythons` are slugs of Pythons ("cp311") that were named, also where no system was.
    """

    words: str
    targets: tuple[str, ...]
    pythons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Image:
    pythons: tuple[Python, ...]
    platforms: tuple[str, ...]
    system: str


def today_of(hints: Sequence[RuntimeHint]) -> Today | None:
    """The most telling of the signs: an image (the last stage is what runs), then exact versions, then ranges.

    None when nothing names a Python that is known. An image without a Python takes it from the other signs.
    """
    exact = [(hint, python) for hint in hints if hint.kind == "python" and (python := _exact(hint.value))]
    for hint in reversed([hint for hint in hints if hint.kind == "image"]):
        image = _read_image(hint.value)
        if image is None:
            continue
        pythons = image.pythons or tuple(dict.fromkeys(python for _, python in exact))[:1]
        if pythons:
            sources = [hint.source, *([] if image.pythons else [exact[0][0].source])]
            return _told(pythons, image.platforms, f" on {image.system}" if image.system else "", sources)
    if exact:
        # A version file says what one runs; a matrix may say all that one tests.
        first = exact[0][0].source
        return _told(tuple(dict.fromkeys(python for hint, python in exact if hint.source == first)), (), "", [first])
    for hint in hints:
        lowest = _lowest(hint.value) if hint.kind == "python" else None
        if lowest is not None:
            found = _told((lowest,), (), "", [hint.source])
            return Today(f"{found.words.partition(', says ')[0]} or newer, says {hint.source}", (), found.pythons)
    return None


def likely_targets(today: Today | None, known: Sequence[str]) -> tuple[str, ...]:
    """Those of a project's targets that are most like today's: the very ones, else the same Python anywhere on Linux.

    In the project's order; empty when none is.
    """
    if today is None:
        return ()
    same = tuple(slug for slug in known if slug in today.targets)
    if same:
        return same
    alike = tuple(slug for slug in known if slug.partition("-")[0] in today.pythons)
    return tuple(slug for slug in alike if "linux" in slug)[:1] or alike[:1]


def _told(pythons: Sequence[Python], platforms: Sequence[str], place: str, sources: Iterable[str]) -> Today:
    labels = [python.label for python in pythons[:_MOST_PYTHONS]]
    more = len(pythons) - len(labels)
    named = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
    named = f"{named} and {more} more" if more and len(labels) == 1 else named
    if more and len(labels) > 1:
        named = f"{', '.join(labels)} and {more} more"
    lead = "" if pythons[0].implementation is Implementation.PYPY else "Python "
    says = " and ".join(dict.fromkeys(posixpath.basename(source.replace("\\", "/")) or source for source in sources))
    targets = [f"{python.slug}-{platform}" for python in pythons for platform in platforms]
    return Today(
        f"{lead}{named}{place}, says {says}",
        tuple(slug for slug in targets if _is_target(slug)),
        tuple(python.slug for python in pythons),
    )


def _is_target(slug: str) -> bool:
    try:
        parse_target(slug)
    except UnknownTarget:
        return False
    return True


def _exact(text: str) -> Python | None:
    """The Python of "3.11", "3.11.4", "3.13t", "pypy3.10"; None for a range and for one that is not known."""
    if not _EXACT.fullmatch(text.strip()):
        return None
    return _named(text)


def _named(text: str) -> Python | None:
    found = _PYTHON.search(text)
    if found is None:
        return None
    kind = Implementation.PYPY if found["pypy"] else Implementation.CPYTHON
    wanted = (kind, (int(found["major"]), int(found["minor"])), bool(found["threads"]))
    fitting = [one for one in PYTHONS if (one.implementation, one.version, one.free_threaded) == wanted]
    # Of a PyPy that had two ABIs the newer one is meant.
    return fitting[-1] if fitting else None


def _lowest(text: str) -> Python | None:
    """The lowest known CPython that a range like ">=3.11,<4" admits; None when it admits all or is no range."""
    try:
        wanted = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    usual = [one for one in PYTHONS if one.implementation is Implementation.CPYTHON and not one.free_threaded]
    fitting = [one for one in usual if wanted.contains(one.release, prereleases=True)]
    return min(fitting, key=lambda one: one.version) if 0 < len(fitting) < len(usual) else None


def _read_image(text: str) -> _Image | None:
    """What an image's name tells: "python:3.11-slim-bookworm linux/arm64". None when it tells neither half."""
    reference, _, asked = text.strip().lower().partition(" ")
    found = _IMAGE.fullmatch(reference)
    if found is None:
        return None
    name, tag = found["name"], found["tag"] or ""
    inside = f"{name}:{tag}"
    python = _named(tag.removeprefix("python")) if "python" in name or "pypy" in name or "python" in tag else None
    if "pypy" in name and python is not None:
        python = _exact(f"pypy{python.version[0]}.{python.version[1]}")
    prefix, system = next(((prefix, said) for word, prefix, said in _SYSTEMS if word in inside), ("", ""))
    if _LAMBDA.search(text) and python is not None:
        newer = python.version >= _NEWER_LAMBDA
        prefix, system = "Amazon Linux 2023" if newer else "Amazon Linux 2,", "AWS Lambda"
    if python is None and not system:
        return None
    platforms = [runtime.platform.slug for runtime in RUNTIMES if prefix and runtime.label.startswith(prefix)]
    arm = any(word in asked for word in _ARM)
    # Without a word about the processor both are possible; x86-64 is the more likely.
    if asked and "$" not in asked:
        platforms = [platform for platform in platforms if platform.endswith("aarch64") is arm]
    return _Image((python,) if python else (), tuple(platforms), system)
