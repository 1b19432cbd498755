"""The policy of a project in a line: the limits on each plan."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, ngettext, noop

_DEMANDS = {
    "declared": noop("only releases that declare the Python"),
    "ran": noop("none that failed in the last proof, and each must have run to be ready"),
}
_BUILDS = {
    "never": noop("wheels only"),
    "pure": noop("wheels, and source builds of pure Python"),
    "any": noop("any source build"),
}
_STEPS = {
    "patch": noop("patch steps only"),
    "minor": noop("steps up to a minor one"),
    "major": noop("steps of any size"),
}


def policy_text(
    source: str,
    step: str,
    holds: Sequence[str],
    minimum_age_days: int,
    *,
    prereleases: bool,
    demanded: str = "installs",
) -> str:
    """Describe in one line the limits of the project's policy on each plan."""
    limits = [gettext(_BUILDS[source]), gettext(_STEPS[step])]
    if prereleases:
        limits.append(gettext("pre-releases count"))
    if minimum_age_days:
        age = ngettext("releases at least {count} day old", "releases at least {count} days old", minimum_age_days)
        limits.append(age.format(count=minimum_age_days))
    if demanded != "installs":
        limits.append(gettext(_DEMANDS[demanded]))
    if holds:
        stays = ngettext("{packages} stays as it is", "{packages} stay as they are", len(holds))
        limits.append(stays.format(packages=join_words(list(holds))))
    return "; ".join(limits)
