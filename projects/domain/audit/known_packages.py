"""The packages of a project's set with the modules that they bring."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from scanner.domain.source.wheel_modules import BroughtModules


class PackageModules(Struct, frozen=True):
    """One package at one version. `modules` is None where no archive of it could be read.

    - is_required: the project itself requires it, in what counts.
    - other_groups: the extras and groups that require it and do not count; `is_optional`: they are all extras.
    - path: from a requirement of the project to the package.
    - loaded_by: the packages of the set that name it in one of their extras, and so use it where it is installed.
    - source, line: where it is required.
    """

    name: str
    version: str
    modules: BroughtModules | None
    is_required: bool = False
    other_groups: tuple[str, ...] = ()
    is_optional: bool = False
    path: tuple[str, ...] = ()
    loaded_by: tuple[str, ...] = ()
    source: str = ""
    line: int = 0


class KnownPackages(Struct, frozen=True):
    """The packages that come with a project's requirements on one target, given by its slug.

    left: the packages in use that a plan for the target leaves out or changes, at the versions in use.
    """

    target: str
    packages: Sequence[PackageModules]
    left: Sequence[PackageModules] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of the packages whose modules are not known."""
        return tuple(sorted(one.name for one in self.packages if one.modules is None))

    def stands_for_a_command(self, package: PackageModules) -> bool:
        """Return whether a package requires a command or plugin that is part of it by its name, as tox-uv does."""
        return any(
            one.path[-2:-1] == (package.name,)
            and one.name.startswith(f"{package.name}-")
            and one.modules is not None
            and one.modules.has_entry_points
            for one in self.packages
        )

    def bringing_until_now(self, module: str, taken: Collection[str]) -> PackageModules | None:
        """Return what brings a module now, of the packages that a plan leaves out or changes."""
        found = (one for one in self.left if one.modules is not None and one.modules.bring(module, taken))
        return min(found, key=lambda one: one.name, default=None)

    def bringing(self, module: str, taken: Collection[str]) -> PackageModules | None:
        """Return the package that brings a module: one that the project requires itself, if possible."""
        found = [one for one in self.packages if one.modules is not None and one.modules.bring(module, taken)]
        return min(found, key=lambda one: (not one.is_required, bool(one.other_groups), one.name), default=None)
