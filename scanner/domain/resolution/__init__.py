"""Resolve requirements to versions on a target: closures, conflicts and upgrade plans (docs/resolution.md).

Implement `CandidateSource`, wrap it in a `ResolutionCache`, and pass `RootRequirements` with a `BuildPolicy`:
`closure` returns what the requirements lead to as written, `plan` how a set could hold. The result of either counts
only if its `missing` is empty.
"""

from scanner.domain.resolution.closure import Closure, ClosureMember, closure
from scanner.domain.resolution.explain.derivation import Clash, Derivation
from scanner.domain.resolution.graph import DependencyEdge
from scanner.domain.resolution.loosen import Step, loosen, loosen_requirement, step_between
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.outcomes import (
    Conflict,
    Incomplete,
    LimitReached,
    Missing,
    Resolution,
    ResolutionOutcome,
)
from scanner.domain.resolution.model.plans import Blocker, Plan, VersionChange
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference, SourcePolicy
from scanner.domain.resolution.model.requirement import (
    InvalidRequirement,
    Requirement,
    make_requirement,
    read_requirement,
)
from scanner.domain.resolution.model.source import CandidateSource
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.resolve import SearchLimits, resolve
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.resolution.upgrade import Strategy, Upgrade, plan

__all__ = [
    "Blocker",
    "BuildPolicy",
    "Candidate",
    "CandidateSource",
    "Clash",
    "Closure",
    "ClosureMember",
    "Conflict",
    "DependencyEdge",
    "Derivation",
    "Incomplete",
    "InvalidRequirement",
    "LimitReached",
    "Missing",
    "Order",
    "PackageVersions",
    "Plan",
    "Preference",
    "Requirement",
    "Resolution",
    "ResolutionCache",
    "ResolutionOutcome",
    "RootRequirements",
    "SearchLimits",
    "SourcePolicy",
    "Step",
    "Strategy",
    "TargetProvider",
    "Upgrade",
    "VersionChange",
    "closure",
    "loosen",
    "loosen_requirement",
    "make_requirement",
    "plan",
    "read_requirement",
    "resolve",
    "step_between",
]
