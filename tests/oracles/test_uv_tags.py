"""Tag rules and markers held against uv, which expands platforms by itself and shares no code with `packaging`.

Each probe is a package of two releases: 1.0 as a plain wheel, 2.0 as a wheel with the tags in question. One
resolution a target then answers for all probes: 2.0 where the tags fit. uv cannot be asked for free-threaded Pythons.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.target import parse_target
from tests.patience import PATIENCE

TAG_SETS = (
    "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp313-cp313-manylinux_2_28_x86_64",
    "cp313-cp313-manylinux_2_34_x86_64",
    "cp313-cp313-manylinux1_x86_64",
    "cp313-cp313-manylinux2010_x86_64",
    "cp313-cp313-manylinux_2_28_aarch64",
    "cp313-cp313-musllinux_1_1_x86_64",
    "cp313-cp313-musllinux_1_2_x86_64",
    "cp313-cp313-macosx_10_13_x86_64",
    "cp313-cp313-macosx_10_13_universal2",
    "cp313-cp313-macosx_11_0_arm64",
    "cp313-cp313-macosx_15_0_arm64",
    "cp313-cp313-win_amd64",
    "cp313-cp313-win_arm64",
    "cp313-cp313-win32",
    "cp313-cp313-pyodide_2025_0_wasm32",
    "cp313-cp313t-manylinux_2_17_x86_64",
    "cp313-cp313t-win_amd64",
    "cp37-abi3-manylinux_2_17_x86_64",
    "cp37-abi3-win_amd64",
    "cp313-abi3-win_amd64",
    "cp314-abi3-win_amd64",
    "cp315-abi3-win_amd64",
    "cp315-abi3t-win_amd64",
    "cp315-abi3.abi3t-win_amd64",
    "cp315-abi3.abi3t-manylinux_2_28_x86_64",
    "cp313-none-win_amd64",
    "cp312-none-win_amd64",
    "py3-none-win_amd64",
    "py3-none-manylinux_2_17_x86_64",
    "py2.py3-none-any",
    "py313-none-any",
    "py314-none-any",
    "py2-none-any",
    "cp313-none-any",
    "cp312-none-any",
    "pp311-pypy311_pp80-win_amd64",
)
# (target, uv's name for its platform); the floors are those that uv's names promise
TARGETS = (
    ("cp313-manylinux_2_17_x86_64", "x86_64-manylinux_2_17"),
    ("cp313-manylinux_2_28_x86_64", "x86_64-manylinux_2_28"),
    ("cp315-manylinux_2_40_x86_64", "x86_64-manylinux_2_40"),
    ("cp313-manylinux_2_28_aarch64", "aarch64-manylinux_2_28"),
    ("cp313-musllinux_1_2_x86_64", "x86_64-unknown-linux-musl"),
    ("cp313-win_amd64", "x86_64-pc-windows-msvc"),
    ("cp314-win_amd64", "x86_64-pc-windows-msvc"),
    ("cp315-win_amd64", "x86_64-pc-windows-msvc"),
    ("cp312-win_amd64", "x86_64-pc-windows-msvc"),
    ("cp313-win_arm64", "aarch64-pc-windows-msvc"),
    ("cp313-win32", "i686-pc-windows-msvc"),
    ("cp313-pyodide_2025_0_wasm32", "wasm32-pyodide2025"),
)
MACOS = (("cp313-macosx_14_0_arm64", "14.0", "aarch64"), ("cp313-macosx_15_0_x86_64", "15.0", "x86_64"))
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not installed")


@pytest.fixture(scope="module")
def probes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probes")
    for i, tag_set in enumerate(TAG_SETS):
        write_wheel(folder, f"probe{i}", "1.0", "py3-none-any")
        write_wheel(folder, f"probe{i}", "2.0", tag_set)
    (folder / "probes.in").write_text("\n".join(f"probe{i}" for i in range(len(TAG_SETS))))
    return folder


def write_wheel(folder: Path, name: str, version: str, tag_set: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag_set}.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def uv_pins(probes: Path, python: str, platform: str, environment: dict[str, str], wanted: Path) -> dict[str, str]:
    """What uv would install of `wanted` on CPython `python` (as "cp313") on its platform `platform`."""
    answer = subprocess.run(
        [
            *(str(UV), "pip", "compile", "--no-config", "--no-header", "--no-annotate"),
            *("--no-index", "--find-links", str(probes), "--only-binary", ":all:"),
            *("--python", sys.executable, "--python-version", f"3.{python[3:]}", "--python-platform", platform),
            str(wanted),
        ],
        env={"PATH": os.environ.get("PATH", ""), "UV_CACHE_DIR": str(probes / "cache"), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return dict(line.split("==") for line in answer.stdout.split())


def uv_takes(probes: Path, python: str, platform: str, environment: dict[str, str]) -> set[str]:
    pins = uv_pins(probes, python, platform, environment, probes / "probes.in")
    assert len(pins) == len(TAG_SETS)
    return {tag_set for i, tag_set in enumerate(TAG_SETS) if pins[f"probe{i}"] == "2.0"}


def we_take(slug: str) -> set[str]:
    matcher = Matcher([parse_target(slug)])
    return {tag_set for tag_set in TAG_SETS if matcher.mask(tag_set)}


@pytest.mark.parametrize(("slug", "platform"), TARGETS)
def test_uv_takes_the_same_tags(probes: Path, slug: str, platform: str) -> None:
    assert we_take(slug) == uv_takes(probes, slug.partition("-")[0], platform, {})


@pytest.mark.parametrize(("slug", "floor", "processor"), MACOS)
def test_uv_takes_the_same_tags_above_a_macos_floor(probes: Path, slug: str, floor: str, processor: str) -> None:
    environment = {"MACOSX_DEPLOYMENT_TARGET": floor}
    assert we_take(slug) == uv_takes(probes, slug.partition("-")[0], f"{processor}-apple-darwin", environment)


MARKERS = (
    "implementation_name",
    "os_name",
    "platform_machine",
    "platform_python_implementation",
    "platform_system",
    "python_version",
    "sys_platform",
)


@pytest.mark.parametrize(
    ("slug", "platform"),
    [
        *TARGETS,
        ("cp314-macosx_14_0_arm64", "aarch64-apple-darwin"),
        ("cp314-macosx_14_0_x86_64", "x86_64-apple-darwin"),
        ("cp314-android_24_arm64_v8a", "aarch64-linux-android"),
        ("cp314-ios_13_0_arm64_iphoneos", "arm64-apple-ios"),
    ],
)
def test_uv_sees_the_same_markers(probes: Path, tmp_path: Path, slug: str, platform: str) -> None:
    environment = parse_target(slug).marker_environment
    wanted = tmp_path / "wanted.in"
    wanted.write_text("".join(f'probe{i} ; {name} == "{environment[name]}"\n' for i, name in enumerate(MARKERS)))
    pins = uv_pins(probes, slug.partition("-")[0], platform, {}, wanted)
    assert [name for i, name in enumerate(MARKERS) if f"probe{i}" not in pins] == []
