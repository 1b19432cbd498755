"""Which package of a project's set brings which module, and which package outside it would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import Verdict
from projects.domain.audit.candidates import candidates
from projects.domain.audit.known_packages import KnownPackages, PackageModules
from projects.domain.dependency_files import ParsedFiles
from projects.domain.dependency_files.values import RequirementOrigin, RequirementScope
from projects.services.audit.tree import path_below
from scanner.domain.parsing import parse_dependency_specifier
from scanner.domain.source.wheel_modules import BroughtModules
from scanner.domain.translation import noop
from scanner.selectors.candidates import stored_metadata, stored_packages
from scanner.services.brought_modules import read_brought_modules
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import refresh

_Pin = tuple[str, str]


def packages_on(
    results: Iterable[TargetResult], parsed: ParsedFiles, indexes: IndexSet, root: Path | None
) -> list[KnownPackages]:
    """Return the packages of the set on each target, and those of groups that do not count, with their modules.

    The set is the plan's where there is one that holds, else what is in use or chosen.
    """
    found = [(result, _pins(result)) for result in results]
    in_set = {name for _, pins in found for name in pins}
    others = _other_groups(parsed, in_set)
    newest = _newest(others, indexes)
    left = [_left(result, pins) for result, pins in found]
    wanted = {*newest.items(), *(pin for _, pins in found for pin in pins.items())}
    wanted |= {pin for pins in left for pin in pins.items()}
    modules = _modules(wanted, indexes)
    loaders = _loaders({pin for _, pins in found for pin in pins.items()}, indexes)
    return [
        KnownPackages(
            result.target,
            (
                *(_package(result, pin, modules, loaders, root) for pin in pins.items()),
                *(_other(name, newest.get(name, ""), groups, modules) for name, groups in others.items()),
            ),
            tuple(PackageModules(*pin, modules.get(pin)) for pin in gone.items()),
        )
        for (result, pins), gone in zip(found, left, strict=True)
    ]


def packages_bringing(tops: Iterable[str], indexes: IndexSet) -> dict[str, PackageModules]:
    """Return packages of the indexes that bring these modules, by the first parts of their names.

    A wheel of each has been read: its name alone says nothing.
    """
    looked_for = {top: candidates(top) for top in tops}
    newest = _newest({name for names in looked_for.values() for name in names}, indexes)
    modules = _modules(newest.items(), indexes)
    found: dict[str, PackageModules] = {}
    for top, names in looked_for.items():
        for name in names:
            brought = modules.get((name, newest.get(name, "")))
            if brought is not None and brought.bring(top):
                found.setdefault(top, PackageModules(name, newest[name], brought))
    return found


def _pins(result: TargetResult) -> Mapping[str, str]:
    needed = [package for package in result.packages if package.is_needed]
    if result.plan is not None and result.plan.feasible:
        # A plan says nothing of what is from a path, a repository or an address; it is installed all the same.
        others = {str(one.name): one.version or "" for one in needed if one.verdict is Verdict.NOT_JUDGED}
        return {**others, **result.plan.pins}
    return {package.name: package.installed_version or "" for package in needed}


def _left(result: TargetResult, pins: Mapping[str, str]) -> Mapping[str, str]:
    """Return the packages in use, with their versions, that the plan's set does not have at the same version."""
    if result.plan is None or not result.plan.feasible:
        return {}
    used = {str(one.name): one.installed_version for one in result.packages if one.is_needed}
    return {name: version for name, version in used.items() if version and pins.get(name) != version}


def _package(
    result: TargetResult,
    pin: _Pin,
    modules: Mapping[_Pin, BroughtModules],
    loaders: Mapping[str, tuple[str, ...]],
    root: Path | None,
) -> PackageModules:
    name, version = pin
    row: PackageResult | None = next((one for one in result.packages if one.name == name), None)
    if row is None:
        return PackageModules(name, version, modules.get(pin))
    provenance = row.provenance
    return PackageModules(
        name,
        version,
        modules.get(pin),
        is_required=provenance.direct is not False,
        path=provenance.shortest_path,
        loaded_by=loaders.get(name, ()),
        source=path_below(root, provenance.source or ""),
        line=provenance.line or 0,
    )


def _other(
    name: str, version: str, groups: Mapping[str, RequirementScope], modules: Mapping[_Pin, BroughtModules]
) -> PackageModules:
    is_optional = set(groups.values()) == {RequirementScope.EXTRA}
    brought = modules.get((name, version))
    return PackageModules(name, version, brought, other_groups=tuple(groups), is_optional=is_optional)


def _loaders(pins: Iterable[_Pin], indexes: IndexSet) -> dict[str, tuple[str, ...]]:
    """Return by package which others of the set name it in an extra: they use it where it is installed."""
    versions = dict(pins)
    releases = {
        name: release.metadata_id
        for name, package in stored_packages(indexes.keys, versions).items()
        for release in package.releases
        if str(release.version) == versions[name] and release.metadata_id is not None
    }
    metadata = stored_metadata(releases.values())
    found: dict[str, dict[str, None]] = {}
    for loader, key in releases.items():
        for text in metadata[key].requires_dist or () if key in metadata else ():
            with suppress(InvalidRequirement):
                requirement = parse_dependency_specifier(text)
                if requirement.marker is not None and "extra" in str(requirement.marker):
                    found.setdefault(canonicalize_name(requirement.name), {})[loader] = None
    return {name: tuple(loaders) for name, loaders in found.items()}


def _other_groups(parsed: ParsedFiles, in_set: set[str]) -> dict[str, dict[str, RequirementScope]]:
    """Return the packages that only groups, extras and environments require, with the names of these."""
    found: dict[str, dict[str, RequirementScope]] = {}
    for one in parsed.requirements:
        is_other = one.name not in in_set and not one.constraint and one.direct is not False
        if is_other and one.origin is RequirementOrigin.INDEX:
            found.setdefault(one.name, {}).update(
                {_label(one.scope, group): one.scope for group in one.groups or ("",)}
            )
    return found


def _label(scope: RequirementScope, group: str) -> str:
    # What counts and is not in the set has a marker that leaves it out.
    return noop("other targets") if scope is RequirementScope.MAIN else f"{scope.value} {group}".strip()


def _newest(names: Iterable[str], indexes: IndexSet) -> dict[str, str]:
    """Return the newest final version of each package that an index has."""
    wanted = sorted(set(names))
    refresh(indexes, wanted, on_polled=lambda name, done, total: None)
    found = {}
    for name, package in stored_packages(indexes.keys, wanted).items():
        versions = [release.version for release in package.releases]
        final = [version for version in versions if not version.is_prerelease] or versions
        if final:
            found[name] = str(max(final))
    return found


def _modules(pins: Iterable[_Pin], indexes: IndexSet) -> dict[_Pin, BroughtModules]:
    """Return the modules of each pin. A package may be there at several versions: each round reads one of each."""
    waiting = sorted(pin for pin in set(pins) if pin[1])
    found: dict[_Pin, BroughtModules] = {}
    while waiting:
        now = dict(waiting)
        found |= {(name, now[name]): modules for name, modules in read_brought_modules(now, indexes).items()}
        waiting = [pin for pin in waiting if now[pin[0]] != pin[1]]
    return found
