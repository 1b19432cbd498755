"""Our verdicts and sets against uv's, on folders of stub wheels: random small indexes and a long sliding chain."""

import random
from pathlib import Path

import pytest

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference, SourcePolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from tests.scanner.domain.resolution.brute_force import holds
from tests.scanner.domain.resolution.random_index import random_index, random_roots
from tests.scanner.domain.resolution.resolving import resolve
from tests.scanner.domain.resolution.sliding_chain import sliding_chain
from tests.scanner.domain.resolution.small_index import LINUX, WINDOWS, SmallSource, provider, root_requirements, texts
from tests.scanner.domain.resolution.stub_wheels import find_uv, uv_compile, write_wheels

WHEELS_ONLY = BuildPolicy(source=SourcePolicy.NEVER)
PLATFORMS = {LINUX: "x86_64-manylinux_2_28", WINDOWS: "x86_64-pc-windows-msvc"}


@pytest.fixture(scope="module")
def uv() -> str:
    found = find_uv()
    if found is None:
        pytest.skip("uv: not installed")
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uv-cache")


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("target", PLATFORMS, ids=lambda target: target.slug)
def test_uv_finds_a_set_exactly_when_we_do(uv: str, cache: Path, tmp_path: Path, seed: int, target: object) -> None:
    rng = random.Random(seed)
    index, roots = random_index(rng), random_roots(rng)
    write_wheels(index, tmp_path)
    here = next(known for known in PLATFORMS if known == target)
    theirs = uv_compile(uv, tmp_path, roots, cache, platform=PLATFORMS[here])
    ours = resolve(provider(index, root_requirements(*roots), here, WHEELS_ONLY))
    assert isinstance(ours, Resolution) is (theirs is not None)
    assert closure(ResolutionCache(SmallSource(index)), here, root_requirements(*roots), WHEELS_ONLY).holds is (
        theirs is not None
    )
    if theirs is not None:
        assert holds(index, roots, theirs, here.marker_environment["sys_platform"])


@pytest.mark.parametrize("seed", range(100, 112))
def test_a_minimal_plan_moves_no_more_requirements_than_the_lowest_direct_set(
    uv: str, cache: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    index = random_index(rng)
    pins = {name: min(rows, key=lambda text: [int(part) for part in text.split(".")]) for name, rows in index.items()}
    roots = [f"{name}=={pins[name]}" for name in list(pins)[:3]]
    write_wheels(index, tmp_path)
    shared = ResolutionCache(SmallSource(index))
    asked = root_requirements(*roots)
    today = closure(shared, LINUX, asked, WHEELS_ONLY)
    made = plan(Upgrade(shared, [LINUX], asked, WHEELS_ONLY, today.pins, Strategy.MINIMAL))
    theirs = uv_compile(uv, tmp_path, [text.replace("==", ">=") for text in roots], cache, resolution="lowest-direct")
    assert made.feasible is (theirs is not None)
    if theirs is not None:
        moved = [name for name in list(pins)[:3] if theirs[name] != pins[name]]
        assert len(made.direct_changes) <= len(moved)


def test_a_long_chain_of_sliding_ranges_comes_to_the_same_set(uv: str, cache: Path, tmp_path: Path) -> None:
    index = sliding_chain(packages=25, versions=12)
    write_wheels(index, tmp_path)
    theirs = uv_compile(uv, tmp_path, ["p0"], cache)
    ours = resolve(provider(index, root_requirements("p0"), policy=WHEELS_ONLY))
    assert isinstance(ours, Resolution)
    assert texts(ours.pins) == theirs


@pytest.mark.parametrize("order", [Order.LATEST, Order.LOWEST, Order.LOWEST_DIRECT])
def test_without_contradictions_every_preference_gives_uv_s_very_set(
    uv: str, cache: Path, tmp_path: Path, order: Order
) -> None:
    index = random_index(random.Random(7), contradictions=False)
    write_wheels(index, tmp_path)
    roots = ["a>=1.0", "b>=1.5", "c"]
    theirs = uv_compile(uv, tmp_path, roots, cache, resolution=order.value.replace("latest", "highest"))
    asked = root_requirements(*roots)
    ours = resolve(provider(index, asked, policy=WHEELS_ONLY, preference=Preference(order, {}, asked.direct)))
    assert isinstance(ours, Resolution)
    assert texts(ours.pins) == theirs
