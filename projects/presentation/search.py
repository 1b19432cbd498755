"""Search results, and the one result to open at once if there is one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from packaging.utils import canonicalize_name

from projects.presentation.portfolio.headlines import Headline

# The number of results of each kind that are shown.
SHOWN = 50


class SearchResults(Struct, frozen=True):
    """The projects, as (slug, name), and packages whose names contain the text: at most SHOWN of each.

    `headlines` are the targets whose name contains all words of the text.
    """

    text: str
    projects: Sequence[tuple[str, str]]
    packages: Sequence[str]
    headlines: Sequence[Headline] = ()

    @property
    def is_cut(self) -> bool:
        """Whether there may be more results than shown."""
        return SHOWN in (len(self.projects), len(self.packages))

    @property
    def project(self) -> str | None:
        """Slug of the project to open: the only exact match, or the only result."""
        return self._best[0][0] if len(self._best[0]) == 1 and not self._best[1] else None

    @property
    def package(self) -> str | None:
        """Name of the package to open: the only exact match, or the only result."""
        return self._best[1][0] if len(self._best[1]) == 1 and not self._best[0] else None

    @property
    def _best(self) -> tuple[Sequence[str], Sequence[str]]:
        """The projects and packages with exactly this name, or all results without any."""
        text = self.text.casefold()
        projects = [slug for slug, name in self.projects if text in (slug, name.casefold())]
        packages = [name for name in self.packages if name == canonicalize_name(self.text)]
        if projects or packages:
            return projects, packages
        return [slug for slug, _ in self.projects], self.packages
