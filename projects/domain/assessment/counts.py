"""How many packages a page speaks of. Each number has one noun and one function, so that pages agree.

- "N packages": `packages_needed`, the packages that a project needs on a target.
- "N packages need an upgrade": the count of the verdict `upgrade`, packages that do not install as required.
- "N changes": `len(plan.changes)`, the packages whose version a plan changes. It is often more than the packages that
  need an upgrade, because a new version can need newer dependencies.
- "a set of N packages": `len(plan.pins)`, what is installed after the plan.
"""

from __future__ import annotations

from collections.abc import Mapping

from projects.domain.assessment.verdicts import Verdict

UNREAD = "unread"
"""The key, among the counts by verdict, of the number of requirements that could not be read."""


def packages_needed(counts: Mapping[str, int]) -> int:
    """Return how many packages the target needs, from counts by verdict: all whose marker holds there."""
    return sum(number for key, number in counts.items() if key not in {Verdict.INACTIVE, UNREAD})
