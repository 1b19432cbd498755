"""Which wheels of a release are read, and how what differs between them becomes one statement."""

import pytest
from packaging.requirements import Requirement

from scanner.domain.files.filenames import read_wheel_tags
from scanner.domain.files.sdist_metadata import MetadataGrade, StatedDependencies
from scanner.domain.files.wheel_variants import PlatformFamily, WheelListing, choose_wheels, merge_dependencies

LINUX, MAC = PlatformFamily("linux", "x86_64"), PlatformFamily("darwin", "arm64")


def listing(platform: str, size: int = 10_000_000, digest: str = "", python: str = "cp312-cp312") -> WheelListing:
    name = f"demo-1.0-{python}-{platform}.whl"
    return WheelListing(name, read_wheel_tags(name)[0] or "", size, digest)


def chosen(*wheels: WheelListing) -> list[tuple[str, frozenset[PlatformFamily]]]:
    return [(wheel.filename.split("-")[-1].removesuffix(".whl"), where) for wheel, where in choose_wheels(wheels)]


def test_one_wheel_speaks_for_all_where_nothing_shows_a_difference() -> None:
    wheels = [listing("macosx_11_0_arm64"), listing("manylinux_2_28_x86_64"), listing("win_amd64")]
    assert [name for name, _ in chosen(*wheels)] == ["manylinux_2_28_x86_64"]
    assert [name for name, _ in chosen(listing("any", python="py3-none"))] == ["any"]


@pytest.mark.parametrize("differs", [{"size": 2_000}, {"digest": "b"}])
def test_a_wheel_that_is_a_shell_or_has_another_digest_is_read_too(differs: dict[str, int | str]) -> None:
    same = {"size": 200_000_000, "digest": "a" if "digest" in differs else ""}
    wheels = [listing("manylinux_2_17_x86_64", **same), listing("macosx_12_0_arm64", **{**same, **differs})]  # type: ignore[arg-type]
    assert chosen(*wheels) == [
        ("manylinux_2_17_x86_64", frozenset({LINUX})),
        ("macosx_12_0_arm64", frozenset({MAC})),
    ]


def stated(*texts: str) -> StatedDependencies:
    return StatedDependencies(texts, (), MetadataGrade.CERTAIN)


@pytest.mark.parametrize(
    ("system", "machine", "required"),
    [
        ("linux", "x86_64", {"numpy", "wheelhouse", "demo-cuda"}),
        ("darwin", "arm64", {"numpy", "demo-macos"}),
        ("win32", "AMD64", {"numpy", "wheelhouse", "demo-cuda"}),
    ],
)
def test_what_only_some_wheels_require_gets_a_marker(system: str, machine: str, required: set[str]) -> None:
    whole = stated("numpy", "wheelhouse>=1", 'demo-cuda; extra == "cuda"')
    shell = stated("numpy", 'demo-macos==1.0; python_version >= "3.8"')
    merged = merge_dependencies([(whole, frozenset({LINUX})), (shell, frozenset({MAC}))])
    environment = {"sys_platform": system, "platform_machine": machine, "python_version": "3.12", "extra": "cuda"}
    requirements = map(Requirement, merged.requires_dist)
    assert {one.name for one in requirements if one.marker is None or one.marker.evaluate(environment)} == required
