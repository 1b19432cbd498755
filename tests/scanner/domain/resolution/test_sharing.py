"""What targets share in one stock changes no verdict: each alone says the same as all together."""

import random
from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.resolution.closure import Closure, closure
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target
from tests.scanner.domain.resolution.random_index import random_index, random_roots
from tests.scanner.domain.resolution.small_index import LINUX, OLD_LINUX, WINDOWS, SmallSource, root_requirements

TARGETS = (LINUX, OLD_LINUX, WINDOWS)
WHEELS_ONLY = BuildPolicy(source=SourcePolicy.NEVER)


class SharingSource(SmallSource):
    """A source in which targets of one system and Python are one group, as the rows of a small index cannot differ."""

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return what the rows of a small index can distinguish."""
        markers = target.marker_environment
        return (markers["sys_platform"], markers["python_version"])


def answered(cache: ResolutionCache, target: Target, roots: list[str]) -> tuple[Closure, Plan | None]:
    found = closure(cache, target, root_requirements(*roots), WHEELS_ONLY)
    if found.holds:
        return found, None
    return found, plan(Upgrade(cache, [target], root_requirements(*roots), WHEELS_ONLY, found.pins))


@given(st.integers(0, 100_000))
def test_each_target_alone_gets_the_answer_it_gets_among_others(seed: int) -> None:
    rng = random.Random(seed)
    index, roots = random_index(rng), random_roots(rng)
    together = ResolutionCache(SharingSource(index))
    for target in TARGETS:
        shared, shared_plan = answered(together, target, roots)
        alone, own_plan = answered(ResolutionCache(SmallSource(index)), target, roots)
        assert shared.holds is alone.holds
        assert set(shared.blockers) == set(alone.blockers)
        assert (shared.conflict is None) is (alone.conflict is None)
        assert (shared_plan is None) is (own_plan is None)
        if shared_plan is not None and own_plan is not None:
            assert shared_plan.feasible is own_plan.feasible
            assert len(shared_plan.direct_changes) == len(own_plan.direct_changes)
