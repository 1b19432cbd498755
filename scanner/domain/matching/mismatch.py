"""Why no wheel of a release serves a target: the nearest mismatch."""

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import ReleaseFileFacts, accepts_python, expand_tag_set
from scanner.domain.matching.reason import MismatchKind, StableAbiLimit, WheelMismatch
from scanner.domain.targets.abis import STABLE_ABIS, AbiPair, supported_pairs
from scanner.domain.targets.labels import label_ranges, pair_label
from scanner.domain.targets.platform_tags import PlatformTag, System, parse_platform_tag
from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.pythons import Implementation, Python
from scanner.domain.targets.target import Target


class _Wheel(NamedTuple):
    """A wheel compared with a target.

    - machines: its platform tags, parsed, without those that no target has.
    - loads: whether the Python loads one of its pairs.
    - runs: whether the platform supports one of its platform tags.
    """

    filename: str
    pairs: tuple[AbiPair, ...]
    platforms: frozenset[str]
    machines: tuple[PlatformTag, ...]
    loads: bool
    runs: bool

    def on(self, platform: Platform) -> tuple[PlatformTag, ...]:
        """Return its platform tags for this system and processor, whatever their floor."""
        return tuple(
            tag for tag in self.machines if tag.system is platform.system and platform.architecture in tag.architectures
        )


def nearest_mismatch(files: Iterable[ReleaseFileFacts], target: Target) -> WheelMismatch:
    """Return the nearest mismatch of a release without a wheel for the target, whatever the order of its files."""
    ordered = sorted(files, key=lambda file: file.filename)
    installable = [file for file in ordered if file.installable]
    if not installable:
        kinds = sorted({file.kind.value for file in ordered})
        return WheelMismatch(MismatchKind.NOT_INSTALLABLE, tuple(kinds))
    wheels = {
        file.filename: _compare(file.filename, file.tag_set, target) for file in ordered if file.tag_set is not None
    }
    if refused := _refused(installable, wheels, target):
        return refused
    if not wheels:
        return WheelMismatch(MismatchKind.NO_WHEEL)
    compared = list(wheels.values())
    return (
        _floor(compared, target)
        or _python(compared, target)
        or _architecture(compared, target)
        or _system(compared, target)
    )


def _compare(filename: str, tag_set: str, target: Target) -> _Wheel:
    pairs, platforms, machines = _read(tag_set)
    return _Wheel(filename, pairs, platforms, machines, _loads(tag_set, target.python), _runs(tag_set, target.platform))


@functools.lru_cache(maxsize=16384)
def _loads(tag_set: str, python: Python) -> bool:
    pairs, platforms, _ = _read(tag_set)
    known = supported_pairs(python)
    loadable = known.anywhere if platforms == {"any"} else known.with_platform
    return any(pair in loadable for pair in pairs)


@functools.lru_cache(maxsize=16384)
def _runs(tag_set: str, platform: Platform) -> bool:
    _, platforms, _ = _read(tag_set)
    return "any" in platforms or not platforms.isdisjoint(platform.tags)


@functools.lru_cache(maxsize=4096)
def _read(tag_set: str) -> tuple[tuple[AbiPair, ...], frozenset[str], tuple[PlatformTag, ...]]:
    pairs, platforms = expand_tag_set(tag_set)
    read = (parse_platform_tag(tag) for tag in sorted(platforms))
    return pairs, platforms, tuple(tag for tag in read if tag is not None)


def _refused(files: list[ReleaseFileFacts], wheels: Mapping[str, _Wheel], target: Target) -> WheelMismatch | None:
    """Return the Requires-Python that refuses a file that fits, or all installable files; None when none does."""
    release = target.python.release
    refused = [file for file in files if not accepts_python(file.requires_python, release)]
    fitting = [file for file in refused if file.kind is FileKind.SDIST or _fits(wheels[file.filename])]
    if not fitting and len(refused) < len(files):
        return None
    blame = min(fitting or refused, key=lambda file: (file.kind is not FileKind.WHEEL, file.filename), default=None)
    if blame is None:
        return None
    return WheelMismatch(MismatchKind.REQUIRES_PYTHON, (blame.requires_python or "",), str(release), blame.filename)


def _fits(wheel: _Wheel) -> bool:
    return wheel.loads and wheel.runs


_FLOOR_NAMES = {
    System.GLIBC: "glibc",
    System.MUSL: "musl",
    System.MACOS: "macOS",
    System.IOS: "iOS",
    System.ANDROID: "Android API",
    System.EMSCRIPTEN: "Pyodide ABI",
}


def _floor(wheels: list[_Wheel], target: Target) -> WheelMismatch | None:
    """Return the lowest floor of the wheels for this Python and machine that need a newer system."""
    platform = target.platform
    floors = [
        (tag.floor, wheel.filename) for wheel in wheels if wheel.loads and not wheel.runs for tag in wheel.on(platform)
    ]
    if not floors:
        return None
    floor, filename = min(floors)
    have = f"{_FLOOR_NAMES.get(platform.system, platform.system.value)} {_dotted(floor, platform.system)}"
    return WheelMismatch(MismatchKind.FLOOR, (have,), _dotted(platform.floor, platform.system), filename, floor)


def _dotted(floor: tuple[int, int], system: System) -> str:
    whole = system in {System.MACOS, System.IOS, System.ANDROID} and floor[1] == 0
    return str(floor[0]) if whole else f"{floor[0]}.{floor[1]}"


_WITHOUT_STABLE_ABI = {
    Implementation.PYPY: StableAbiLimit.PYPY,
    Implementation.GRAALPY: StableAbiLimit.GRAALPY,
}


def _python(wheels: list[_Wheel], target: Target) -> WheelMismatch | None:
    """Return the interpreters of the wheels for this machine when none is for this Python."""
    here = [wheel for wheel in wheels if not wheel.loads and (wheel.runs or wheel.on(target.platform))]
    if not here:
        return None
    python = target.python
    pairs = {pair for wheel in here for pair in wheel.pairs}
    stable = {abi for _, abi in pairs if abi in STABLE_ABIS}
    limit = None
    if python.free_threaded and stable == {"abi3"}:
        limit = StableAbiLimit.FREE_THREADED
    elif stable:
        limit = _WITHOUT_STABLE_ABI.get(python.implementation)
    # Wheels for the other implementation are named only when there are no others.
    kin = {pair for pair in pairs if pair[0].startswith(python.interpreter[:2])} or pairs
    need, labels = python.abi_label, {pair_label(pair) for pair in kin}
    have = label_ranges(labels)
    if need in labels:
        # Built for this PyPy version, but for another generation of its ABI.
        need, have = python.abi, tuple(sorted({abi for interpreter, abi in kin if interpreter == need}))
    return WheelMismatch(MismatchKind.PYTHON, have, need, here[-1].filename, stable_abi_limit=limit)


def _architecture(wheels: list[_Wheel], target: Target) -> WheelMismatch | None:
    """Return the processors of the wheels for this system when none is for this processor."""
    platform = target.platform
    nearest = [wheel for wheel in wheels if wheel.loads] or wheels
    names = {
        Platform("", tag.system, architecture, tag.floor).label
        for wheel in nearest
        for tag in wheel.machines
        if tag.system is platform.system
        for architecture in tag.architectures
    }
    return WheelMismatch(MismatchKind.ARCHITECTURE, tuple(sorted(names)), platform.label) if names else None


_WITH_LIBC = {System.GLIBC: "Linux (glibc)", System.MUSL: "Alpine (musl)"}


def _system(wheels: list[_Wheel], target: Target) -> WheelMismatch:
    """Return the systems of wheels that are all for other systems."""
    systems = {tag.system for wheel in wheels for tag in wheel.machines}
    libcs = target.platform.system in _WITH_LIBC
    names = [_WITH_LIBC.get(system, system.value) if libcs else system.value for system in System if system in systems]
    if not names:
        names = sorted({platform for wheel in wheels for platform in wheel.platforms})
    return WheelMismatch(MismatchKind.SYSTEM, tuple(names), target.platform.label)
