"""What building a release from its sdist needs, inferred from its wheels or from the contents of the sdist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from scanner.domain.matching.availability import Availability

PURE = "pure"
COMPILED = "compiled"
UNSEEN = "unseen"
UNREADABLE = "unreadable"

_COMPILED = frozenset({Availability.NATIVE, Availability.ABI3, Availability.FALLBACK})


def build_kind(build: str | None) -> str:
    """Return the kind of a build, without what a look inside found ("compiled: Rust", "unreadable: not a tar.gz").

    It is `pure`, `compiled`, `unseen` while the sdist was not looked into, and `unreadable` if it cannot be.
    """
    kind = (build or UNSEEN).partition(":")[0]
    return kind if kind in {PURE, COMPILED, UNREADABLE} else UNSEEN


def infer_build(offered: Iterable[Availability]) -> str:
    """Return `compiled` when the release has compiled wheels, `pure` when it has a pure Python wheel, else `unseen`.

    `offered` is the release's availability on all targets of the catalogue. `classify_sdist` is more precise.
    """
    seen = set(offered)
    if seen & _COMPILED:
        return COMPILED
    return PURE if Availability.PURE in seen else UNSEEN


# The files in the top folder of an sdist whose text decides how it is built.
BUILD_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})

_LANGUAGES = {
    ".c": "C", ".h": None, ".cc": "C++", ".cpp": "C++", ".cxx": "C++", ".pyx": "Cython", ".rs": "Rust",
    ".f": "Fortran", ".for": "Fortran", ".f77": "Fortran", ".f90": "Fortran", ".f95": "Fortran", ".f03": "Fortran",
}  # fmt: skip
_ORDER = ("C", "C++", "Cython", "Rust", "Fortran")
# Source files there are tests or examples, not part of the installed package.
_UNBUILT = re.compile(r"(?:^|/)(?:tests?|testing|docs?|examples?|samples?|benchmarks?|bench|fuzz|ci)/", re.IGNORECASE)
# Backends that cannot compile, unless a hook or a build script says so.
_PURE_BACKENDS = ("flit_core", "flit.", "hatchling", "poetry.", "pdm.", "uv_build", "whey")
_HOOKS = re.compile(r"^\[tool\.(?:hatch\.build\.(?:targets\.[\w-]+\.)?hooks|poetry\.build|pdm\.build)\b", re.MULTILINE)
_BUILD_SCRIPT = re.compile(r"""^\s*(?:build|script|build-script|run-setuptools)\s*=""", re.MULTILINE)
# Build requirements of compiled packages, with the language that each of them implies.
_TOOLS = {
    "maturin": "Rust", "setuptools-rust": "Rust", "cython": "Cython", "cffi": "C", "pybind11": "C++",
    "nanobind": "C++", "scikit-build-core": "", "scikit-build": "", "meson-python": "", "mypy": "C", "mesonpy": "",
}  # fmt: skip
_EXTENSIONS = re.compile(r"\bext_modules\b|\bExtension\s*\(|\bcffi_modules\b|\brust_extensions\b|\bcythonize\s*\(")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class SdistContents(Struct, frozen=True):
    """The contents of an sdist. `names` are paths below its top folder, `texts` those of the files in BUILD_FILES."""

    names: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def classify_sdist(sdist: SdistContents) -> str:
    """Return `pure`, or `compiled` with the languages found: "compiled: C, Cython". In doubt it is compiled.

    Evidence: source files that are not tests or examples, build requirements, and extensions in setup.py. With a
    build backend that cannot compile, source files are data.
    """
    pyproject = sdist.texts.get("pyproject.toml", "")
    backend, required = _build_system(pyproject)
    if backend.startswith(_PURE_BACKENDS) and not _HOOKS.search(pyproject) and not _has_script(pyproject):
        return PURE
    languages = {_LANGUAGES.get(_ending(name)) for name in sdist.names if not _UNBUILT.search(name)}
    tools = [_TOOLS[tool] for tool in required if tool in _TOOLS]
    setup = sdist.texts.get("setup.py", "") + sdist.texts.get("setup.cfg", "")
    if (
        not tools
        and not _EXTENSIONS.search(setup)
        and "[tool.setuptools.ext" not in pyproject
        and not languages - {None}
    ):
        return PURE
    seen = {language for language in (*languages, *tools) if language}
    # What Cython wrote is not a second language of the project.
    return f"{COMPILED}: {', '.join(name for name in _ORDER if name in seen)}" if seen else COMPILED


def _build_system(pyproject: str) -> tuple[str, list[str]]:
    """Return the build backend and the names of the build requirements (PEP 517, PEP 518); empty where not readable."""
    try:
        system = tomllib.loads(pyproject).get("build-system", {})
        backend, requires = system.get("build-backend", ""), system.get("requires", [])
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError, ValueError):
        return "", []
    names = [found[0].lower().replace("_", "-") for text in requires if (found := _NAME.match(str(text)))]
    return str(backend), names


def _has_script(pyproject: str) -> bool:
    """Return whether Poetry or PDM runs a build script, which may compile."""
    return "[tool.poetry" in pyproject and bool(_BUILD_SCRIPT.search(pyproject))


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
