"""The changes of a plan, each with its reason."""

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Upgrade
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    root_requirements,
    texts,
)
from tests.scanner.domain.resolution.small_upgrade import INDEX, upgrade_of


def test_a_change_away_from_metadata_that_cannot_be_read_is_not_taken_back() -> None:
    index: SmallIndex = {"shaper": {"1.0": {"needs": ["fonts (>=3.0 <4.0) ; extra == 'fonts'"]}, "1.1": {}}}
    made = plan(upgrade_of(root_requirements("shaper==1.0"), index=index))
    assert texts(made.pins or {}) == {"shaper": "1.1"}


def test_a_bridge_says_of_each_move_what_is_wrong_where_it_is_wrong() -> None:
    asked = root_requirements("model==2.6.1", "driver==2.9.9")
    cache = ResolutionCache(SmallSource(INDEX))
    today = closure(cache, WINDOWS, asked, BuildPolicy())
    made = plan(Upgrade(cache, [WINDOWS, LINUX], asked, BuildPolicy(), today.pins))
    assert made.feasible
    why = {str(change.name): plan_reason_text(change.reason) for change in made.changes}
    assert why["driver"] == f"driver 2.9.9 has no file for it on {LINUX.slug}"
    assert why["core"] == f"core 2.16.2 has no file for it on {LINUX.slug}"
    assert why["model"] == f"model 2.6.1 needs core==2.16.2, and core has no wheel for {LINUX.slug} before 2.20.0"


def test_a_move_names_the_requirement_that_nothing_meets_and_the_version_that_is_free_of_it() -> None:
    index: SmallIndex = {
        "scan": {"0.18": {"needs": ["plot", "learn>=0.21"]}, "0.20": {"needs": ["plot<1"]}},
        "plot": {"0.9": {}, "1.0": {}},
        "learn": {"0.20": {}, "0.21": {"on": ["win32"]}, "1.9": {"on": ["win32"]}},
    }
    (change,) = plan(Upgrade(
        ResolutionCache(SmallSource(index)),
        [LINUX],
        root_requirements("scan==0.18"),
        BuildPolicy(),
        {canonicalize_name("scan"): Version("0.18")},
    )).changes  # fmt: skip
    assert plan_reason_text(change.reason, lambda _: "Linux") == (
        "scan 0.18 needs learn>=0.21, none of which installs on Linux; 0.20 does not need it"
    )
    assert type(change.reason).from_json(change.reason.to_json()) == change.reason
