"""The headline targets of a team: the columns of the portfolio, whatever the floors of each project's platforms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from projects.presentation.columns import Column, columns_of
from scanner.domain.targets.pythons import PYTHONS
from scanner.domain.translation import gettext

_MOST = 6
_ORDER = {python.slug: position for position, python in enumerate(PYTHONS)}


class Headline(Struct, frozen=True):
    """One column of the portfolio. `key` identifies it in a URL: "cp314-linux-x86-64"."""

    key: str
    python: str
    python_slug: str
    platform: str

    @property
    def label(self) -> str:
        """The name of the column: "3.14 on Linux x86-64"."""
        if not self.platform:
            return self.python
        return gettext("{python} on {platform}").format(python=self.python, platform=self.platform)


def headline_of(column: Column) -> Headline:
    """Return the headline that a target counts for: its Python and platform, without the floor."""
    platform = "-".join(column.platform.lower().split())
    key = f"{column.python_slug}-{platform}" if platform else column.python_slug
    return Headline(key, column.python, column.python_slug, column.platform)


def all_headlines(projects: Iterable[Sequence[str]]) -> tuple[Headline, ...]:
    """Return the headlines of all targets of all projects, by platform (most projects first), then by Python."""
    found: dict[str, Headline] = {}
    platforms: Counter[str] = Counter()
    for targets in projects:
        headlines = {one.key: one for one in map(headline_of, columns_of(targets))}
        found.update(headlines)
        platforms.update({one.platform for one in headlines.values()})
    rank = {platform: position for position, (platform, _) in enumerate(platforms.most_common())}
    return tuple(sorted(found.values(), key=lambda one: (rank[one.platform], _python_rank(one), one.key)))


def default_headlines(projects: Sequence[Sequence[str]], known: Sequence[Headline]) -> tuple[Headline, ...]:
    """Return the headlines to show when none is chosen: the newest Pythons of the first platform of most projects.

    `known` are all headlines of the projects.
    """
    first = Counter(headline_of(columns_of(targets[:1])[0]).platform for targets in projects if targets)
    if not first:
        return ()
    ((platform, _),) = first.most_common(1)
    return tuple(one for one in known if one.platform == platform)[-_MOST:]


def slugs_of(projects: Iterable[Sequence[str]], headlines: Collection[Headline]) -> frozenset[str]:
    """Return the targets of all projects that count for one of the headlines."""
    keys = {one.key for one in headlines}
    slugs = {slug for targets in projects for slug in targets}
    return frozenset(column.slug for column in columns_of(slugs) if headline_of(column).key in keys)


def _python_rank(headline: Headline) -> int:
    return _ORDER.get(headline.python_slug, len(_ORDER))
