"""Requirements to a set of releases on a target: closures, conflicts, upgrade plans. Pure; see docs/resolution.md.

Fill a `Source`, wrap it in a `Stock`, put a `Question` with a `Policy` to it: `closure` says where it leads as
written, `plan` how it could hold. Both name in `missing` what must be fetched before their answer counts.
"""

from scanner.domain.resolution.closure import Closure, Entry, closure
from scanner.domain.resolution.explain.derivation import Clash, Derivation
from scanner.domain.resolution.graph import Edge
from scanner.domain.resolution.loosen import Step, relax, relax_ask, step_between
from scanner.domain.resolution.model.cache import Stock
from scanner.domain.resolution.model.candidates import Question
from scanner.domain.resolution.model.outcomes import Conflict, Incomplete, LimitReached, Missing, Outcome, Resolution
from scanner.domain.resolution.model.plans import Change, Plan, Stuck
from scanner.domain.resolution.model.policy import Order, Policy, Preference
from scanner.domain.resolution.model.requirement import Ask, BadAsk, make_ask, read_ask
from scanner.domain.resolution.model.source import Builds, Source, Supplied, Supply, supply_of
from scanner.domain.resolution.model.versions import Release, Shelf
from scanner.domain.resolution.resolve import Limits, resolve
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.resolution.upgrade import Strategy, Upgrade, plan, smallest_direct_change

__all__ = [
    "Ask",
    "BadAsk",
    "Builds",
    "Change",
    "Clash",
    "Closure",
    "Conflict",
    "Derivation",
    "Edge",
    "Entry",
    "Incomplete",
    "LimitReached",
    "Limits",
    "Missing",
    "Order",
    "Outcome",
    "Plan",
    "Policy",
    "Preference",
    "Question",
    "Release",
    "Resolution",
    "Shelf",
    "Source",
    "Step",
    "Stock",
    "Strategy",
    "Stuck",
    "Supplied",
    "Supply",
    "TargetProvider",
    "Upgrade",
    "closure",
    "make_ask",
    "plan",
    "read_ask",
    "relax",
    "relax_ask",
    "resolve",
    "smallest_direct_change",
    "step_between",
    "supply_of",
]
