"""Where uv answers another question than the product, and how it is asked again.

- uv ignores the upper bound of a file's Requires-Python; pip refuses the file, and so does the product.
- uv knows no facts about releases that install and do not run (`scanner/known_breaks.toml`).
- uv warns where a release has no such extra, and goes on; here it does not meet a request that newer ones meet.
- uv takes a pre-release once all final releases have led to conflicts; pip looks at none while there are final releases
  that are required and have a file for the target.

Of a set of uv's with such releases they are excluded, and uv is asked for another one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from benchmarks.oracle_cases import Case
from benchmarks.pin_check import accepted, needs_of, recorded_extras, recorded_versions
from benchmarks.uv_side import Uv, UvTarget, uv_target
from scanner.domain.evidence.known_breaks import KnownBreaks
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from scanner.domain.targets.target import Target

_KNOWN_BREAKS = Path(__file__).parents[1] / "scanner" / "known_breaks.toml"
_MOST_ROUNDS = 20


def held_to(
    case: Case,
    versions: Mapping[str, str],
    operator: str,
    uv: Uv,
    target: Target,
    folder: Path,
    resolution: str = "highest",
) -> dict[str, str] | None:
    """Return what uv finds for the loosened case with every named package constrained to a version."""
    # An ordered comparison takes no local version.
    limits = versions if operator == "==" else {one: Version(text).public for one, text in versions.items()}
    theirs = uv_target(target)
    assert theirs is not None
    held = [f"{one}{operator}{version}" for one, version in limits.items()]
    return runnable_set(uv, case.loose, theirs, target, folder, case.requirements, held=held, resolution=resolution)


def runnable_set(
    uv: Uv,
    requirements: Path,
    theirs: UvTarget,
    target: Target,
    folder: Path,
    asked: Sequence[Requirement] = (),
    *,
    held: Sequence[str] = (),
    resolution: str = "highest",
) -> dict[str, str] | None:
    """Return uv's set without what pip refuses, what is known to break and what lacks an extra that is asked for.

    None where there is none. `asked` are the project's requirements, `held` constraints.
    """
    excluded: list[str] = []
    for _ in range(_MOST_ROUNDS):
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".txt", delete=False) as file:
            file.writelines(f"{one}\n" for one in (*held, *excluded))
        found = uv.compile(requirements, theirs, resolution=resolution, constraints=Path(file.name))
        Path(file.name).unlink()
        if found is None:
            return None
        more = [
            *excluded_of(found, target),
            *_without_extras(found, target, asked),
            *_without_pre_releases(found, target, asked),
        ]
        if not more:
            return found
        excluded += more
    raise RuntimeError(f"uv's sets still have releases that do not run after {_MOST_ROUNDS} rounds: {excluded[-3:]}")


def excluded_of(pins: Mapping[str, str], target: Target) -> Iterator[str]:
    """Yield the releases of packages in a set that pip refuses or that do not run, as constraints."""
    chosen = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    broken = known_breaks().in_set(target, chosen)
    for name, version in chosen.items():
        partner = broken[name].partner if name in broken else None
        if partner is not None:
            # The package stays, and what it does not run beside goes.
            wrong = {one for one in recorded_versions(partner.name) if partner.versions.contains(one, prereleases=True)}
            yield _without(partner.name, wrong | {chosen[partner.name]})
        elif name in broken or not accepted(name, version, target):
            wrong = {one for one in recorded_versions(name) if _is_wrong(name, one, target)}
            yield _without(name, wrong | {version})


def _without_extras(pins: Mapping[str, str], target: Target, asked: Iterable[Requirement]) -> Iterator[str]:
    """Yield the releases that have no such extra as is asked for, where the newest one has it, as constraints."""
    for one in asked:
        name = canonicalize_name(one.name)
        applies = one.marker is None or one.marker.evaluate(dict(target.marker_environment))
        if not one.extras or name not in pins or not applies:
            continue
        wanted = set(map(str, map(canonicalize_name, one.extras)))
        lacking = {version for version, extras in recorded_extras(name).items() if not wanted <= extras}
        if Version(pins[name]) in lacking and max(recorded_versions(name)) not in lacking:
            yield _without(name, lacking)


def _without_pre_releases(pins: Mapping[str, str], target: Target, asked: Iterable[Requirement]) -> Iterator[str]:
    """Yield the pre-releases of packages with a final release that pip would take instead, as constraints."""
    chosen = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    early = {name for name, version in chosen.items() if version.is_prerelease}
    if not early:
        return
    needs = [*asked, *(one for name, version in chosen.items() for one in needs_of(name, version, target))]
    for name in early:
        specifiers = [one.specifier for one in needs if canonicalize_name(one.name) == name]
        final = {one for one in recorded_versions(name) if not one.is_prerelease and accepted(name, one, target)}
        mentioned = any(one.prereleases for one in specifiers)
        if not mentioned and any(all(one.contains(version) for one in specifiers) for version in final):
            yield _without(name, {one for one in recorded_versions(name) if one.is_prerelease})


def _without(name: str, versions: Iterable[Version]) -> str:
    return f"{name}{','.join(f'!={one}' for one in sorted(versions))}"


def broken_in(pins: Mapping[str, Version], target: Target) -> list[str]:
    """Return the releases of a set that are known to break there."""
    chosen = {canonicalize_name(name): version for name, version in pins.items()}
    return [f"{name} {chosen[name]} is known to break" for name in known_breaks().in_set(target, chosen)]


def _is_wrong(name: NormalizedName, version: Version, target: Target) -> bool:
    return not accepted(name, version, target) or known_breaks().alone(name, version, target) is not None


@cache
def known_breaks() -> KnownBreaks:
    """Return the facts that come with the product."""
    return parse_known_breaks(_KNOWN_BREAKS.read_text("utf-8"))
