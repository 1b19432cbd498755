"""The cases of the oracle: requirement files, and locked projects, as uv takes them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from projects.domain.assessment.file_choices import ALL, file_choices_of, policy_under
from projects.domain.dependency_files import Format, ParsedFiles, ParsedRequirement, RequirementOrigin, read, select
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import Target

_NAMES = (
    *("pyproject.toml", "uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"),
    *("Pipfile", "Pipfile.lock", "requirements.txt"),
)
_MANIFESTS = {"pyproject.toml", "Pipfile"}


class Case(Struct, frozen=True):
    """Files as written and loosened: the project's own requirements with lower bounds only.

    `written` is what uv reads: the file itself, the requirements of a manifest, or the pins of a lock. `is_locked`: the
    pins are installed as they are, without their dependencies. `requirements` are the project's own. `pinned` are the
    pins of a lock, each with the digests of the files that it lists. `options` tell uv what the files say of the files
    of packages, which it reads otherwise or not at all.
    """

    name: str
    paths: tuple[Path, ...]
    written: Path
    loose: Path
    requirements: tuple[Requirement, ...]
    is_locked: bool = False
    pinned: tuple[tuple[Requirement, frozenset[str]], ...] = ()
    options: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, folder: Path, uv: str | None = None) -> Case:
        """Read a requirements file, or a folder with a project. Write what uv reads into a folder."""
        paths = tuple(path / name for name in _NAMES if (path / name).exists()) if path.is_dir() else (path,)
        parsed = read({one.name: one.read_bytes() for one in paths}, [one.name for one in paths])
        counting = [one for one in select(parsed) if one.origin is RequirementOrigin.INDEX]
        is_locked = any(one.lock is not None for one in counting)
        own = tuple(map(_requirement, _own(counting)))
        written = path
        if is_locked and path.is_dir():
            written = folder / f"{path.name}-pins.txt"
            written.write_text(_export(path, uv) if _is_uvs(parsed) and uv else _pins(counting))
        elif path.is_dir():
            # The lines alone: of a manifest uv takes the project's own Python as a limit, and reads no Poetry's.
            written = folder / f"{path.name}-own.txt"
            written.write_text("".join(f"{one}\n" for one in own))
        loose = folder / f"{path.stem}-loose.in"
        loose.write_text("".join(f"{loosened(one)}\n" for one in own))
        pinned = tuple(_listed(written.read_text())) if is_locked else ()
        options = tuple(_options(parsed, folder / f"{path.stem}-built.txt"))
        return cls(path.stem, paths, written, loose, own, is_locked, pinned, options)


def loosened(requirement: Requirement) -> Requirement:
    """Return a requirement with its lower bound only."""
    kept = []
    for clause in requirement.specifier:
        if clause.operator in {"==", "~="}:
            # An ordered comparison takes no local version.
            kept.append(f">={clause.version.removesuffix('.*').partition('+')[0]}")
        elif clause.operator not in {"<", "<="}:
            kept.append(str(clause))
    loose = Requirement(str(requirement))
    loose.specifier = SpecifierSet(",".join(kept))
    return loose


def found_cases(folder: Path) -> Iterator[Path]:
    """Yield the requirement files and the projects of a folder."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".txt" or (path.is_dir() and any((path / name).exists() for name in _NAMES)):
            yield path


def _own(counting: Sequence[ParsedRequirement]) -> Iterator[ParsedRequirement]:
    """Yield what the project itself requires; of a lock with a manifest the manifest's lines."""
    direct = [one for one in counting if not one.constraint and not one.override and one.direct is not False]
    manifest = [one for one in direct if one.source in _MANIFESTS]
    yield from manifest or direct


def _options(parsed: ParsedFiles, built: Path) -> Iterator[str]:
    """Yield the options that give uv the same question as these files.

    Nothing is built here, so a package that the files name in `--no-binary` gets a constraint that no version
    satisfies: uv would build it in spite of `--only-binary :all:`. uv also ignores the `--pre` of a file.
    """
    names = sorted(file_choices_of(parsed.options, ()).no_binary)
    if ALL in names:
        yield from ("--no-binary", ALL)
    elif names:
        built.write_text("".join(f"{name}<0\n" for name in names))
        yield from ("--constraint", str(built))
    if policy_under(BuildPolicy(), parsed.options).prereleases:
        yield from ("--prerelease", "allow")


def _requirement(one: ParsedRequirement) -> Requirement:
    extras = f"[{','.join(one.extras)}]" if one.extras else ""
    marker = f" ; {one.marker}" if one.marker else ""
    return Requirement(f"{one.name}{extras}{one.specifier}{marker}")


def _pins(counting: Sequence[ParsedRequirement]) -> str:
    locked = (one for one in counting if one.lock is not None)
    return "".join(f"{_requirement(one)} {' '.join(f'--hash={digest}' for digest in one.hashes)}\n" for one in locked)


def pins_on(file: Path, target: Target) -> dict[str, str]:
    """Return the versions that a file of pins fixes on a target."""
    pins = {}
    for line in file.read_text().replace("\\\n", " ").splitlines():
        text = line.partition(" #")[0].partition("--hash=")[0].strip()
        if text and not text.startswith(("#", "-")):
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate(dict(target.marker_environment)):
                pins[one.name] = next(clause.version for clause in one.specifier if clause.operator == "==")
    return pins


def _listed(text: str) -> Iterator[tuple[Requirement, frozenset[str]]]:
    """Yield each line of a requirements file that lists digests, with these."""
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *digests = line.partition(" #")[0].split("--hash=sha256:")
        if digests:
            yield Requirement(requirement), frozenset(map(str.strip, digests))


def _is_uvs(parsed: ParsedFiles) -> bool:
    return any(source.format is Format.UV_LOCK for source in parsed.sources)


def _export(project: Path, uv: str) -> str:
    command = [
        uv,
        "export",
        "--project",
        str(project),
        "--frozen",
        "--no-emit-local",
        "--no-default-groups",
        "-q",
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
