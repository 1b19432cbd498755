"""Two releases of a package side by side, in words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from projects.presentation.target_names import describe_targets
from scanner.domain.phrases import count, join_words
from scanner.domain.releases.comparison import ReleaseDifference
from scanner.domain.targets.target import Target
from scanner.domain.translation import gettext


class ComparisonText(Struct, frozen=True):
    """The difference between two releases: facts as (label, before, after), and what was added or dropped."""

    before: str
    after: str
    gained: str
    lost: str
    facts: tuple[tuple[str, str, str], ...]
    tags_added: tuple[str, ...]
    tags_dropped: tuple[str, ...]
    dependencies_added: tuple[str, ...]
    dependencies_dropped: tuple[str, ...]
    dependencies_known: bool

    @property
    def is_same(self) -> bool:
        """Whether nothing that an installer reads differs."""
        lists = (self.tags_added, self.tags_dropped, self.dependencies_added, self.dependencies_dropped)
        return not (self.gained or self.lost or any(lists) or any(old != new for _, old, new in self.facts[1:]))


def describe_comparison(found: ReleaseDifference, targets: Sequence[Target]) -> ComparisonText:
    """Return the difference in words. `targets` are those of the offers."""
    sides = (found.before, found.after)
    any_python = gettext("any Python")
    python = [join_words([text or any_python for text in side.requires_python], "or") or any_python for side in sides]
    files = [count(len(side.files), "file") for side in sides]
    yanked = [
        gettext("yanked") if side.files and all(file.yanked for file in side.files) else gettext("not yanked")
        for side in sides
    ]
    return ComparisonText(
        before=found.before.version,
        after=found.after.version,
        gained=describe_targets(targets[at].slug for at in found.gained),
        lost=describe_targets(targets[at].slug for at in found.lost),
        facts=(
            (gettext("Files"), files[0], files[1]),
            (gettext("Requires Python"), python[0], python[1]),
            (gettext("Yanked"), yanked[0], yanked[1]),
        ),
        tags_added=found.tags_added,
        tags_dropped=found.tags_dropped,
        dependencies_added=found.dependencies_added,
        dependencies_dropped=found.dependencies_dropped,
        dependencies_known=None not in (found.before.requires_dist, found.after.requires_dist),
    )
