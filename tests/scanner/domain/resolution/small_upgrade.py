"""Upgrades on a small index in memory."""

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target
from tests.scanner.domain.resolution.small_index import LINUX, SmallIndex, SmallSource

INDEX: SmallIndex = {
    "model": {
        "2.6.1": {"needs": ["core==2.16.2"]},
        "2.7.0": {"needs": ["core==2.18.0"]},
        "2.8.0": {"needs": ["core==2.20.0"]},
        "3.0.0": {"needs": ["core==3.0.0"]},
    },
    "core": {"2.16.2": {"on": ["win32"]}, "2.18.0": {"on": ["win32"]}, "2.20.0": {}, "3.0.0": {}},
    "driver": {"2.9.9": {"on": ["win32"]}, "2.9.10": {}, "2.10.0": {}},
    "steady": {"1.0": {"needs": ["model>=2"]}, "2.0": {}},
    "hopeless": {"1.0": {"on": ["win32"]}, "1.1": {"on": ["source: compiled"]}},
    "capped": {"1.0": {"on": ["win32"]}, "2.0": {}},
}


def upgrade_of(asked: RootRequirements, target: Target = LINUX, index: SmallIndex = INDEX) -> Upgrade:
    cache = ResolutionCache(SmallSource(index))
    today = closure(cache, target, asked, BuildPolicy())
    return Upgrade(cache, [target], asked, BuildPolicy(), today.pins)


def told(made: object) -> list[str]:
    return [f"{c.name} {c.before} {c.after} {c.size} {'direct' if c.direct else 'transitive'}" for c in made.changes]  # type: ignore[attr-defined]  # a Plan
