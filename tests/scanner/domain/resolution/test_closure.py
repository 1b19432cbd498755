"""What requirements as written lead to, with everything in the way at once."""

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.explain.conflict_text import conflict_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    root_requirements,
    texts,
)

SERVICE: SmallIndex = {
    "orm": {"2.0": {"needs": ["green; extra == 'asyncio'", "typing"]}},
    "green": {"3.0": {"on": ["win32"], "needs": ["hub"]}},
    "hub": {"1.0": {"on": ["source: compiled"]}},
    "typing": {"4.0": {}},
    "model": {"2.6": {"needs": ["core==2.16", "typing"]}, "2.8": {"needs": ["core==2.20"]}},
    "core": {"2.16": {"on": ["win32"]}, "2.20": {}},
    "framework": {"0.1": {"needs": ["model<3", "orm[asyncio]"]}},
    "driver": {"2.9": {"on": ["win32"]}},
}
ASKED = root_requirements("driver==2.9", "framework", "model==2.6", "orm[asyncio]")


def test_every_blocker_is_named_with_what_hangs_behind_it() -> None:
    found = closure(ResolutionCache(SmallSource(SERVICE)), LINUX, ASKED, BuildPolicy())
    assert found.blockers == ("driver", "core", "green", "hub")
    assert texts(found.pins)["hub"] == "1.0"
    assert found.conflict is None
    assert not found.holds


def test_every_path_is_told_the_shortest_first() -> None:
    found = closure(ResolutionCache(SmallSource(SERVICE)), LINUX, ASKED, BuildPolicy())
    assert found.paths(canonicalize_name("core")) == (("model", "core"), ("framework", "model", "core"))
    assert found.paths(canonicalize_name("green")) == (
        ("orm[asyncio]", "green"),
        ("framework", "orm[asyncio]", "green"),
    )
    assert found.paths(canonicalize_name("core"), 1) == (("model", "core"),)
    assert found.paths(canonicalize_name("driver")) == (("driver",),)


def test_where_a_set_holds_it_is_the_set() -> None:
    found = closure(ResolutionCache(SmallSource(SERVICE)), WINDOWS, ASKED, BuildPolicy(source=SourcePolicy.ANY))
    assert found.holds
    assert {entry.name for entry in found.members if entry.direct} == {"driver", "framework", "model", "orm"}
    assert texts(found.pins)["model"] == "2.6"


def test_an_older_release_that_works_is_taken_before_anything_is_called_a_blocker() -> None:
    index: SmallIndex = {"app": {"1.0": {}, "2.0": {"needs": ["fast"]}}, "fast": {"1.0": {"on": ["win32"]}}}
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("app"), BuildPolicy())
    assert found.holds
    assert texts(found.pins) == {"app": "1.0"}


def test_a_contradiction_is_told_and_the_closure_still_goes_on() -> None:
    index: SmallIndex = {
        "left": {"1.0": {"needs": ["shared<2", "driver"]}},
        "right": {"1.0": {"needs": ["shared>=2"]}},
        "shared": {"1.0": {}, "2.0": {}},
        "driver": {"2.9": {"on": ["win32"]}},
    }
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("left", "right"), BuildPolicy())
    assert found.conflict is not None
    assert found.conflict.explanation.exhausted == "shared"
    assert found.blockers == ("driver",)
    assert set(texts(found.pins)) == {"left", "right", "shared", "driver"}


def test_what_the_index_does_not_have_blocks_without_a_version() -> None:
    index: SmallIndex = {"app": {"1.0": {"needs": ["ghost", "typing"]}}, "typing": {"4.0": {}}}
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("app", "typing==9.9"), BuildPolicy())
    versions = {entry.name: entry.version for entry in found.members}
    assert versions == {"app": Version("1.0"), "typing": None, "ghost": None}
    assert set(found.blockers) == {"ghost", "typing"}


def test_what_is_not_known_yet_is_named_in_one_go() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["later", "dim"]}},
        "dim": {"1.0": {"unknown": True}, "1.1": {"unknown": True}},
        "other": {"1.0": {"unknown": True}},
    }
    found = closure(
        ResolutionCache(SmallSource(index, ["later"])), LINUX, root_requirements("app", "other"), BuildPolicy()
    )
    assert found.missing.packages == ("later",)
    assert found.missing.releases == (("dim", Version("1.1")), ("other", Version("1.0")))
    assert found.missing.likely == ()
    assert not found.holds


def test_a_direct_url_is_an_entry_of_its_own() -> None:
    found = closure(
        ResolutionCache(SmallSource({"app": {"1.0": {"needs": ["web>=9"]}}, "web": {"1.0": {}}})),
        LINUX,
        root_requirements("web @ https://files.example/web.whl", "app"),
        BuildPolicy(),
    )
    entry = next(entry for entry in found.members if entry.name == "web")
    assert (entry.version, entry.url, entry.blocked) == (None, "https://files.example/web.whl", False)
    assert found.holds


def test_what_blocks_only_an_older_way_out_is_part_of_a_conflict_and_no_blocker() -> None:
    index: SmallIndex = {
        "serve": {
            "1.0": {"on": ["win32"]},
            "1.5": {"needs": ["relic"]},
            "1.6": {"needs": ["ghost"]},
            "2.0": {"needs": ["model<2"]},
        },
        "relic": {"0.1": {"on": ["win32"]}},
        "model": {"1.0": {}, "2.0": {}},
    }
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("serve", "model>=2"), BuildPolicy())
    assert found.blockers == ()
    assert found.conflict is not None
    told = conflict_text(found.conflict.explanation)
    for text in (
        "serve 2.0 needs model<2",
        "model>=2",
        "serve 1.5 needs relic",
        "no package ghost",
    ):
        assert text in told


def test_a_blocked_package_stays_at_its_newest_release_also_where_an_older_one_would_fit_the_rest() -> None:
    index: SmallIndex = {
        "flow": {
            "1.0": {"on": ["win32"]},
            "2.0": {"on": ["win32"], "needs": ["num>=2"]},
        },
        "num": {"1.0": {}, "2.0": {}},
    }
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("flow", "num<2"), BuildPolicy())
    assert texts(found.pins) == {"flow": "2.0", "num": "1.0"}
    assert found.blockers == ("flow",)
    assert found.conflict is not None


def test_a_prerelease_that_one_package_pins_serves_every_other_that_admits_its_version() -> None:
    index: SmallIndex = {
        "cli": {"2.0": {"needs": ["web==2.0b1", "keys~=1.0.0b2", "tool"]}},
        "tool": {"1.0": {"needs": ["web>=1.0", "keys>=0.5"]}},
        "web": {"1.0": {}, "1.5": {}, "2.0b1": {}, "2.0b2": {}},
        "keys": {"0.9": {}, "1.0.0b2": {}, "1.0.0b3": {}},
    }
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("cli", "web"), BuildPolicy())
    assert found.holds
    assert texts(found.pins) == {"cli": "2.0", "tool": "1.0", "web": "2.0b1", "keys": "1.0.0b3"}
    alone = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("tool"), BuildPolicy())
    assert texts(alone.pins) == {"tool": "1.0", "web": "1.5", "keys": "0.9"}


def test_a_prerelease_that_the_rest_does_not_admit_stays_a_conflict() -> None:
    index: SmallIndex = {
        "cli": {"2.0": {"needs": ["web==2.0b1", "tool"]}},
        "tool": {"1.0": {"needs": ["web<2"]}},
        "web": {"1.0": {}, "2.0b1": {}},
    }
    found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("cli"), BuildPolicy())
    assert found.conflict is not None
    assert found.conflict.explanation.exhausted == "web"
