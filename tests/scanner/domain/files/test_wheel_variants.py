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


def test_a_python_whose_wheel_has_another_digest_is_told_apart() -> None:
    # As open3d 0.18.0 lists them: the wheel of 3.11 was built another way, and 3.9 comes last by name.
    wheels = [
        listing("manylinux_2_27_x86_64", digest="a", python="cp311-cp311"),
        listing("macosx_13_0_arm64", digest="b", python="cp310-cp310"),
        listing("macosx_13_0_arm64", digest="c", python="cp311-cp311"),
        listing("macosx_13_0_universal2", digest="b", python="cp39-cp39"),
    ]
    older = frozenset({PlatformFamily("darwin", "arm64", python) for python in ("3.9", "3.10")})
    newer = frozenset({PlatformFamily("darwin", "arm64", other_than=("3.9", "3.10"))})
    intel = frozenset({PlatformFamily("darwin", "x86_64")})
    assert {(wheel.digest, where) for wheel, where in choose_wheels(wheels)} == {
        ("a", frozenset({LINUX})),
        ("b", older | intel),
        ("c", newer),
    }


@pytest.mark.parametrize(
    ("pythons", "usual", "others"),
    [
        ({"cp38-abi3": "a", "cp310-cp310": "b"}, "a", {"3.10": "b"}),
        ({"cp39-abi3": "a", "cp311-abi3": "b"}, "b", {"3.9": "a", "3.10": "a"}),
        ({"py3-none": "a", "cp312-none": "b"}, "a", {"3.12": "b"}),
        ({"cp313-cp313": "a", "cp313-cp313t": "b", "pp311-pypy311_pp73": "c"}, "a", {}),
        ({"cp27-cp27mu": "a", "cp36-cp36m": "b", "cp312-cp312": "c"}, "c", {}),
        ({"cp312-cp312": "a", "cp3999999999-cp3999999999": "b"}, "a", {}),
    ],
)
def test_each_python_has_the_wheel_that_installers_take(
    pythons: dict[str, str], usual: str, others: dict[str, str]
) -> None:
    wheels = [listing("manylinux_2_28_x86_64", digest=digest, python=tags) for tags, digest in pythons.items()]
    found = {part: wheel.digest for wheel, where in choose_wheels(wheels) for part in where}
    assert found.pop(PlatformFamily("linux", "x86_64", other_than=tuple(others))) == usual
    assert {part.python: digest for part, digest in found.items()} == others


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


@pytest.mark.parametrize(
    ("machine", "python", "required"),
    [
        ("arm64", "3.10", {"numpy", "demo-old"}),
        ("arm64", "3.11", {"numpy"}),
        ("arm64", "3.12", {"numpy", "demo-new"}),
        ("x86_64", "3.10", {"numpy", "demo-new"}),
    ],
)
def test_what_the_wheel_of_one_python_requires_gets_a_marker(machine: str, python: str, required: set[str]) -> None:
    usual = (stated("numpy", "demo-new"), frozenset({PlatformFamily("darwin", "arm64", other_than=("3.10", "3.11"))}))
    old = (stated("numpy", "demo-old"), frozenset({PlatformFamily("darwin", "arm64", "3.10")}))
    bare = (stated("numpy"), frozenset({PlatformFamily("darwin", "arm64", "3.11")}))
    environment = {"sys_platform": "darwin", "platform_machine": machine, "python_version": python}
    requirements = map(Requirement, merge_dependencies([usual, old, bare]).requires_dist)
    assert {one.name for one in requirements if one.marker is None or one.marker.evaluate(environment)} == required
