"""What somebody seeks by a part of its name, and the one thing that is meant when there is one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

# So many of each kind are shown; who sees the last one had better say more.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What has the sought text in its name: projects as (slug, name), packages by name, SHOWN of each at the most."""

    text: str
    projects: Sequence[tuple[str, str]]
    packages: Sequence[str]

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than is shown."""
        return SHOWN in (len(self.projects), len(self.packages))

    @property
    def project(self) -> str | None:
        """The slug of the project that is meant: called exactly so, or all that was found."""
        return self._meant[0][0] if len(self._meant[0]) == 1 and not self._meant[1] else None

    @property
    def package(self) -> str | None:
        """The package that is meant: called exactly so, or all that was found."""
        return self._meant[1][0] if len(self._meant[1]) == 1 and not self._meant[0] else None

    @property
    def _meant(self) -> tuple[Sequence[str], Sequence[str]]:
        """The projects and packages called exactly so; without any, all that was found."""
        text = self.text.casefold()
        projects = [slug for slug, name in self.projects if text in (slug, name.casefold())]
        packages = [name for name in self.packages if name == canonicalize_name(self.text)]
        if projects or packages:
            return projects, packages
        return [slug for slug, _ in self.projects], self.packages
