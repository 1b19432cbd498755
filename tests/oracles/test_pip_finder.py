"""Availability of every recorded release held against pip's own finder, in this process.

pip decides which links are candidates (LinkEvaluator), sorts them (CandidateEvaluator) and expands a target's tags
(TargetPython over its compatibility_tags). On Linux, where it can only describe the machine it runs on, that machine
is made to claim another processor and libc. Files that look alike are evaluated once a target and releases of equal
shape once, and pip takes a file name apart once for all targets; every file name is read by both sides. The deliberate
differences are listed in docs/matching.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pip._internal.exceptions import InvalidWheelFilename
from pip._internal.index.package_finder import (
    CandidateEvaluator,
    LinkEvaluator,
    LinkType,
    _check_link_requires_python,
    _extract_version_from_fragment,
)
from pip._internal.models.candidate import InstallationCandidate
from pip._internal.models.link import Link
from pip._internal.models.target_python import TargetPython
from pip._internal.models.wheel import Wheel
from pip._internal.utils.filetypes import ARCHIVE_EXTENSIONS, WHEEL_EXTENSION
from pip._vendor.packaging import _manylinux, _musllinux
from pip._vendor.packaging.utils import NormalizedName
from pip._vendor.packaging.utils import canonicalize_name as pips_name

from scanner.domain.files.filenames import FileKind, ParsedFilename, parse_filename
from scanner.domain.matching.availability import Availability, ReleaseFileFacts, profile_of
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.catalogue import CATALOGUE, SAMPLE_TARGETS
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.target import Target, parse_target
from tests.replay.recording import RecordedFile, read, recorded_names

pytestmark = pytest.mark.long

TARGETS: tuple[Target, ...] = (
    *SAMPLE_TARGETS,
    *map(
        parse_target,
        (
            "cp37-manylinux_2_17_x86_64",
            "cp38-macosx_11_0_arm64",
            "cp39-manylinux_2_17_x86_64",
            "cp39-win32",
            "cp39-macosx_11_0_x86_64",
            "cp310-manylinux_2_28_i686",
            "cp310-macosx_10_9_x86_64",
            "cp312-manylinux_2_31_armv7l",
            "cp312-manylinux_2_28_ppc64le",
            "cp312-pyodide_2024_0_wasm32",
            "cp313-manylinux_2_5_x86_64",
            "cp313-manylinux_2_28_s390x",
            "cp313t-manylinux_2_34_x86_64",
            "cp313-musllinux_1_1_x86_64",
            "cp314-manylinux_2_39_riscv64",
            "cp314-android_24_arm64_v8a",
            "cp314-ios_13_0_arm64_iphoneos",
            "cp314-pyemscripten_2026_0_wasm32",
            "cp315-macosx_26_0_arm64",
            "cp315t-manylinux_2_28_x86_64",
            "cp315t-win_arm64",
            "cp316-manylinux_2_39_aarch64",
            "pp310-manylinux_2_17_x86_64",
            "pp311-manylinux_2_28_x86_64",
            "pp311_pp73-macosx_14_0_arm64",
            "pp312-win_amd64",
            "graalpy311-manylinux_2_28_x86_64",
            "graalpy312-macosx_14_0_arm64",
        ),
    ),
)
# The file that would be installed is compared too, on these.
NAMED = tuple(map(parse_target, ("cp39-manylinux_2_17_x86_64", "cp314-macosx_14_0_arm64", "cp315t-win_amd64")))


def machine_for_pip(target: Target, monkeypatch: pytest.MonkeyPatch) -> list[str] | None:
    """What pip is given as --platform; on Linux nothing, but a machine that claims this processor and libc."""
    platform = target.platform
    if platform.system not in {System.GLIBC, System.MUSL}:
        return [platform.slug]
    glibc, musl = _manylinux._GLibCVersion(-1, -1), None
    if platform.system is System.GLIBC:
        glibc = _manylinux._GLibCVersion(*platform.floor)
    else:
        musl = _musllinux._MuslVersion(*platform.floor)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("sysconfig.get_platform", lambda: f"linux-{platform.architecture}")
    monkeypatch.setattr(_manylinux, "_have_compatible_abi", lambda *_: True)
    monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda: glibc)
    monkeypatch.setattr(_musllinux, "_get_musl_version", lambda _: musl)
    return None


class PipsView:
    """pip's finder for one target."""

    def __init__(self, target: Target) -> None:
        python = target.python
        with pytest.MonkeyPatch.context() as monkeypatch:
            self.python = TargetPython(
                platforms=machine_for_pip(target, monkeypatch),
                py_version_info=python.release.release,
                abis=[python.abi],
                implementation=python.interpreter.rstrip("0123456789"),
            )
            self.tags = self.python.get_sorted_tags()  # TargetPython keeps them
        self.ranks = {tag: rank for rank, tag in enumerate(self.tags)}
        # It sorts the candidates of every package in the same way.
        self._chooser = CandidateEvaluator.create("any", target_python=self.python)
        self._verdicts: dict[int, LinkType] = {}

    def __call__(
        self, name: NormalizedName, links: Sequence[tuple[int, Link]], found: Sequence[InstallationCandidate]
    ) -> tuple[str, bool, str | None]:
        """(availability, yanked, file name) for the links of one release, each with the number of its look."""
        evaluator = LinkEvaluator(name, name, frozenset({"binary", "source"}), self.python, allow_yanked=True)
        for look, link in links:
            if look not in self._verdicts:
                self._verdicts[look], _ = evaluator.evaluate_link(link)
        verdicts = [self._verdicts[look] for look, _ in links]
        candidates = [one for one, verdict in zip(found, verdicts, strict=True) if verdict is LinkType.candidate]
        best = self._chooser.sort_best_candidate(candidates)
        if best is not None:
            return self._availability(best.link, links), best.link.is_yanked, best.link.filename
        return ("excluded" if self._refused(verdicts, links) else "none"), False, None

    def ties(self, ours: str | None, pips: str | None) -> bool:
        """Equal, or of equal worth to pip: then it takes whichever the page lists first, and we the first by name."""
        return ours == pips or (ours is not None and pips is not None and self._worth(ours) == self._worth(pips))

    def _worth(self, filename: str) -> tuple[object, ...]:
        if not filename.endswith(WHEEL_EXTENSION):
            return ()
        wheel = Wheel(filename)
        return wheel.find_most_preferred_tag(self.tags, self.ranks), wheel.build_tag

    def _refused(self, verdicts: Sequence[LinkType], links: Sequence[tuple[int, Link]]) -> bool:
        """Requires-Python refused a file that fits, or every file that pip could ever take."""
        takeable = [link for (_, link), v in zip(links, verdicts, strict=True) if v is not LinkType.format_unsupported]
        refuses = [not _check_link_requires_python(link, self.python.py_version_info) for link in takeable]
        return LinkType.requires_python_mismatch in verdicts or (bool(refuses) and all(refuses))

    def _availability(self, link: Link, links: Sequence[tuple[int, Link]]) -> str:
        if not link.is_wheel:
            return "source"
        tag = min((tag for tag in tags_of(link) if tag in self.ranks), key=self.ranks.__getitem__)
        if tag.platform == "any":
            compiled = any(tag.platform != "any" for _, link in links if link.is_wheel for tag in tags_of(link))
            return "fallback" if compiled else "pure"
        return "abi3" if tag.abi in {"abi3", "abi3t"} else "native"


@cache
def tags_of(link: Link) -> frozenset[Any]:
    return frozenset(Wheel(link.filename).file_tags)


def pips_version(name: str, file: RecordedFile) -> Version | None:
    """The version that pip would file this under, None when it takes it for no release of the package."""
    if file.filename.endswith(WHEEL_EXTENSION):
        try:
            wheel = Wheel(file.filename)
        except InvalidWheelFilename:
            return None
        return Version(wheel.version) if wheel.name == name else None
    link = link_of(file)
    stem, extension = link.splitext()
    if extension not in ARCHIVE_EXTENSIONS or ("macosx10" in link.path and extension == ".zip"):
        return None
    try:
        return Version(_extract_version_from_fragment(stem, name) or "")
    except InvalidVersion:
        return None


class KnownLink(Link):
    """pip's link, which takes its address apart once."""

    @cached_property
    def _parts(self) -> tuple[str, str]:
        return super().splitext()

    @cached_property
    def filename(self) -> str:  # type: ignore[override]
        return super().filename

    def splitext(self) -> tuple[str, str]:
        return self._parts


def link_of(file: RecordedFile) -> Link:
    yanked = (file.yanked_reason or "") if file.yanked else None
    return KnownLink(
        f"https://files.example/{file.filename}", requires_python=file.requires_python, yanked_reason=yanked
    )


def facts_of(file: RecordedFile, parsed: ParsedFilename) -> ReleaseFileFacts:
    return ReleaseFileFacts(file.filename, parsed.kind, parsed.tag_set, parsed.build, file.requires_python, file.yanked)


def releases(name: str) -> Iterator[tuple[Version, list[tuple[RecordedFile, ParsedFilename]]]]:
    """The recorded releases of a package as this project groups them."""
    found: dict[Version, list[tuple[RecordedFile, ParsedFilename]]] = {}
    for file in read(name).files:
        parsed = parse_filename(file.filename, canonicalize_name(name))
        if isinstance(parsed, ParsedFilename):
            found.setdefault(parsed.version, []).append((file, parsed))
    yield from found.items()


def looks(file: RecordedFile, parsed: ParsedFilename) -> tuple[object, ...]:
    """What evaluate_link can see of a file beside its name and version, which are compared for every file."""
    extension = file.filename.rpartition(".")[2]
    return (parsed.kind, parsed.tag_set, extension, file.requires_python, file.yanked)


@pytest.mark.parametrize("name", recorded_names())
def test_every_recorded_file_name_is_read_as_pip_reads_it(name: str) -> None:
    different = []
    for file in read(name).files:
        parsed = parse_filename(file.filename, canonicalize_name(name))
        installable = isinstance(parsed, ParsedFilename) and parsed.kind in {FileKind.WHEEL, FileKind.SDIST}
        ours = parsed.version if isinstance(parsed, ParsedFilename) and installable else None
        if ours != pips_version(name, file):
            different.append((file.filename, ours))
    assert different == []


def test_availability_of_recorded_releases_is_what_pips_finder_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # pip's own class, asked once for each file name and not once for each target.
    monkeypatch.setattr("pip._internal.index.package_finder.Wheel", cache(Wheel))
    # Every other package: the profiles of the rest are much the same, and pip's finder is slow.
    names = recorded_names()[::2]
    assert len(names) >= 24
    assert len(TARGETS) >= 40
    matcher = Matcher(TARGETS)
    views = [PipsView(target) for target in TARGETS]
    seen: Counter[Availability] = Counter()
    wrong: list[str] = []
    judged = set()
    numbers: dict[tuple[object, ...], int] = {}
    for name in names:
        for version, files in releases(name):
            facts = [facts_of(*file) for file in files]
            shape = profile_of(facts)
            seen.update(offer.availability for offer in matcher.offers(shape))
            if shape in judged:
                continue
            judged.add(shape)
            links = [(numbers.setdefault(looks(*file), len(numbers)), link_of(file[0])) for file in files]
            found = [InstallationCandidate(name, str(version), link) for _, link in links]
            for target, offer, view in zip(TARGETS, matcher.offers(shape), views, strict=True):
                availability, yanked, filename = view(pips_name(name), links, found)
                if (offer.availability, offer.yanked) != (availability, yanked):
                    wrong.append(f"{name} {version} on {target.slug}: {offer}, pip: {availability} {yanked}")
                if target in NAMED:
                    cell = explain_cell(facts, target)
                    same = (cell.availability, cell.yanked) == (offer.availability, offer.yanked)
                    if not same or not view.ties(cell.file, filename):
                        wrong.append(f"{name} {version} on {target.slug}: {cell}, pip takes {filename}")
    assert wrong == []
    assert set(seen) >= {
        Availability.NATIVE,
        Availability.ABI3,
        Availability.PURE,
        Availability.FALLBACK,
        Availability.SOURCE,
        Availability.EXCLUDED,
        Availability.NONE,
    }, "the recorded packages no longer show every kind of answer"


def test_the_tags_of_every_catalogue_target_are_pips_in_pips_order() -> None:
    for target in CATALOGUE:
        assert list(target.tags) == [str(tag) for tag in PipsView(target).tags], target.slug
