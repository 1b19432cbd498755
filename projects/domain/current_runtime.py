"""Where a project runs now, by the hints in its files: container images, version files, workflow matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from projects.domain.dependency_files.values import RuntimeHint
from scanner.domain.targets.images import lambda_system, named_system, usual_system
from scanner.domain.targets.pythons import PYTHONS, Implementation, Python
from scanner.domain.targets.runtimes import platforms_of
from scanner.domain.targets.target import Target, UnknownTarget, parse_target

_PYTHON = re.compile(r"(?P<pypy>pypy-?)?(?P<major>[23])\.(?P<minor>\d{1,2})(?:\.\d+|\.[x*])?(?P<threads>t)?(?![\w])")
_EXACT = re.compile(r"(?:pypy-?)?\d+(?:\.\d+|\.[x*])*t?(?:[abrc]+\d+)?(?:-dev)?")
_IMAGE = re.compile(r"(?:.*/)?(?P<name>[\w.\-]+?)(?::(?P<tag>[\w.\-]+))?(?:@\S+)?")
_LAMBDA = re.compile(r"lambda/python")
_OFFICIAL = re.compile(r"(?:python|pypy):")
_NEWEST_PYTHON = max(python.version for python in PYTHONS)
_ARM = ("arm64", "aarch64")
_USUAL_PLATFORM = "manylinux_2_28_x86_64"


class CurrentRuntime(Struct, frozen=True):
    """What the project's files say it runs on.

    `pythons` are the Pythons that the files name, `system` the image's ("Debian 12", empty when unknown), `sources` the
    paths of the files. `is_minimum`: the files give a range, and the Python is the lowest of it. `targets` are slugs of
    these Pythons on that system, best guess first.
    """

    pythons: tuple[Python, ...]
    sources: tuple[str, ...]
    system: str = ""
    is_minimum: bool = False
    targets: tuple[str, ...] = ()

    @property
    def target(self) -> Target | None:
        """The one target that the files mean, on the usual Linux without a system; None where they leave it open."""
        if self.targets:
            return parse_target(self.targets[0])
        if len(self.pythons) > 1 or self.is_minimum:
            return None
        return parse_target(f"{self.pythons[0].slug}-{_USUAL_PLATFORM}")


class _ImageRuntime(Struct, frozen=True):
    pythons: tuple[Python, ...]
    platforms: tuple[str, ...]
    system: str


def find_current_runtime(hints: Sequence[RuntimeHint]) -> CurrentRuntime | None:
    """Return the runtime of the strongest hint: the last image, else an exact Python version, else a range.

    None when no hint names a known Python. An image without a Python takes it from the other hints.
    """
    exact = [(hint, python) for hint in hints if hint.kind == "python" and (python := _exact(hint.value))]
    # The last stage of a build is the one that runs.
    for hint in reversed([hint for hint in hints if hint.kind == "image"]):
        image = _read_image(hint.value)
        pythons = image.pythons or tuple(python for _, python in exact[:1]) if image is not None else ()
        if image is not None and pythons:
            sources = (hint.source,) if image.pythons else (hint.source, exact[0][0].source)
            slugs = [f"{python.slug}-{platform}" for python in pythons for platform in image.platforms]
            return CurrentRuntime(
                pythons, sources, image.system, targets=tuple(slug for slug in slugs if _is_target(slug))
            )
    if exact:
        # A version file names the Python that runs; a workflow matrix may name all that are tested.
        first = exact[0][0].source
        return CurrentRuntime(tuple(dict.fromkeys(python for hint, python in exact if hint.source == first)), (first,))
    for hint in hints:
        lowest = _lowest(hint.value) if hint.kind == "python" else None
        if lowest is not None:
            return CurrentRuntime((lowest,), (hint.source,), is_minimum=True)
    return None


def find_present_target(hints: Sequence[RuntimeHint]) -> Target | None:
    """Return the one target that a project runs on now, by its files; None where they do not name one Python."""
    runtime = find_current_runtime(hints)
    return runtime.target if runtime is not None else None


def likely_targets(runtime: CurrentRuntime | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return those of a project's targets that match the runtime best, in the project's order.

    These are the runtime's own targets, else one target with its Python, on Linux if possible; empty when none is.
    """
    if runtime is None:
        return ()
    same = tuple(slug for slug in known if slug in runtime.targets)
    if same:
        return same
    pythons = {python.slug for python in runtime.pythons}
    alike = tuple(slug for slug in known if slug.partition("-")[0] in pythons)
    return tuple(slug for slug in alike if "linux" in slug)[:1] or alike[:1]


def _is_target(slug: str) -> bool:
    try:
        parse_target(slug)
    except UnknownTarget:
        return False
    return True


def _exact(text: str) -> Python | None:
    """Return the Python of "3.11", "3.11.4", "3.13t", "pypy3.10"; None for a range and for an unknown one."""
    if not _EXACT.fullmatch(text.strip()):
        return None
    return _find_python(text)


def _find_python(text: str) -> Python | None:
    found = _PYTHON.search(text)
    if found is None:
        return None
    kind = Implementation.PYPY if found["pypy"] else Implementation.CPYTHON
    wanted = (kind, (int(found["major"]), int(found["minor"])), bool(found["threads"]))
    fitting = [one for one in PYTHONS if (one.implementation, one.version, one.free_threaded) == wanted]
    # Of a PyPy with two ABIs the newer one counts.
    return fitting[-1] if fitting else None


def _lowest(text: str) -> Python | None:
    """Return the lowest known CPython that a range like ">=3.11,<4" admits; None when it admits all or none."""
    try:
        wanted = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    usual = [one for one in PYTHONS if one.implementation is Implementation.CPYTHON and not one.free_threaded]
    fitting = [one for one in usual if wanted.contains(one.release, prereleases=True)]
    return min(fitting, key=lambda one: one.version) if 0 < len(fitting) < len(usual) else None


def _read_image(text: str) -> _ImageRuntime | None:
    """Read an image's name, such as "python:3.11-slim-bookworm linux/arm64"; None without a Python and a system."""
    reference, _, platform = text.strip().lower().partition(" ")
    found = _IMAGE.fullmatch(reference)
    if found is None:
        return None
    name, tag = found["name"], found["tag"] or ""
    inside = f"{name}:{tag}"
    python = _find_python(tag.removeprefix("python")) if "python" in name or "pypy" in name or "python" in tag else None
    if "pypy" in name and python is not None:
        python = _exact(f"pypy{python.version[0]}.{python.version[1]}")
    system, label = named_system(inside) or ("", "")
    if not system and _OFFICIAL.search(inside):
        version = python.version if python is not None else _NEWEST_PYTHON
        system, label = usual_system(version, pypy="pypy" in name), "Debian"
    if _LAMBDA.search(text) and python is not None:
        system, label = lambda_system(python.version), "AWS Lambda"
    if python is None and not label:
        return None
    platforms = platforms_of(system)
    arm = any(part in platform for part in _ARM)
    # Without a platform both architectures are possible; x86-64, the more likely, is first.
    if platform and "$" not in platform:
        platforms = [slug for slug in platforms if slug.endswith(_ARM) is arm]
    return _ImageRuntime((python,) if python else (), tuple(platforms), label)
