"""Requirements to a set of releases on a target: closures, conflicts, upgrade plans. Pure; see docs/resolution.md.

Fill a `Source`, wrap it in a `Stock`, put a `Question` with a `Policy` to it: `closure` says where it leads as
written, `plan` how it could hold. Both name in `missing` what must be fetched before their answer counts.
"""

from .asks import Ask, BadAsk, make_ask, read_ask
from .closure import Closure, Entry, closure
from .derivation import Clash, Derivation
from .outcomes import Conflict, Incomplete, LimitReached, Missing, Outcome, Resolution
from .planning import Strategy, Upgrade, plan, smallest_direct_change
from .plans import Change, Plan, Stuck
from .policy import Order, Policy, Preference
from .provider import TargetProvider
from .rations import Question
from .reach import Edge
from .relaxing import Step, relax, relax_ask, step_between
from .resolving import Limits, resolve
from .shelves import Release, Shelf
from .source import Builds, Source, Supplied, Supply, supply_of
from .stock import Stock

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
