"""A case: files, a target, and the facts that the assessment of them must have. `assess` makes the assessment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from msgspec import Struct, field

from projects.management.assessing import assess
from projects.management.assessment_options import make_request
from projects.management.commands.assess import Command
from projects.management.reading import read_files
from projects.management.target_options import parse_target_option
from projects.presentation.formats.schema import assessment_document
from tests.replay import ReplayIndex
from tests.replay.packages import ReplayFile

Document = Mapping[str, Any]
DATA = Path(__file__).parents[1] / "data"
LINUX = "manylinux_2_28_x86_64"
WINDOWS = "cp312-win_amd64"
MACOS = "cp312-macosx_14_0_arm64"
WINDOWS_AND_LINUX = (WINDOWS, f"cp312-{LINUX}")
# The head of a pyproject.toml, up to what it asks for.
PROJECT = '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'


class Case(Struct, frozen=True, kw_only=True):
    """Requirement files (text, bytes, or the path of a copy in tests/data) and what is right on each target.

    Only what is stated is compared. `packages` maps names to a version, a verdict, or both ("1.0 ready"); None: the
    package is not among the packages. Verdict and packages may be those of each target in order. `detail` is how
    the description of a build begins, `reason` how that of a verdict does. `no_path` is in the plan's reason.
    `moves` are changes of the plan, "" for any version; `why` is how their reasons begin, `moved` is their number.
    `limits` are the conditions of the project that the plan rewrites, each with what it writes. `ways_out` are all
    ways out of the conflict, smallest first. `conflict` and `problems` are texts that must occur; an empty list
    means that there is none. `refused` is a text in the error of a command that ends with status 2. `index` has
    made-up packages beside the recorded ones, with their files. `wrong_today` says who mends it.
    """

    name: str
    files: Mapping[str, str | bytes | Path]
    target: str | Sequence[str] = f"cp312-{LINUX}"
    options: Sequence[str] = ()
    verdict: str | Sequence[str] = ()
    packages: Mapping[str, str | None] | Sequence[Mapping[str, str | None]] = field(default_factory=dict)
    count: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    reason: Mapping[str, str] = field(default_factory=dict)
    blockers: Sequence[str] | None = None
    moves: Mapping[str, str] | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    moved: int | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] | None = None
    ways_out: Sequence[str] | None = None
    no_path: str = ""
    conflict: Sequence[str] | None = None
    problems: Sequence[str] | None = None
    requirements: Sequence[str] | None = None
    refused: Sequence[str] = ()
    index: Mapping[str, Sequence[ReplayFile]] = field(default_factory=dict)
    wrong_today: str = ""

    @property
    def targets(self) -> Sequence[str]:
        """The targets as a sequence."""
        return [self.target] if isinstance(self.target, str) else self.target

    def write(self, folder: Path) -> list[Path]:
        """Write the files, and return their paths."""
        paths = []
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            found = (DATA / content).read_bytes() if isinstance(content, Path) else content
            path.write_bytes(found.encode() if isinstance(found, str) else found)
            paths.append(path)
        return paths


def document_of(case: Case, replay: ReplayIndex, folder: Path) -> Document:
    """Return the document that the command prints for a case. Raises CommandError as the command does."""
    for name, files in case.index.items():
        replay.add_package(name, files)
    paths = [str(path) for path in case.write(folder)]
    targets = [option for slug in case.targets for option in ("--target", slug)]
    parser = Command().create_parser("manage.py", "assess")
    options = vars(parser.parse_args([*paths, *targets, "--index-url", replay.url, *case.options]))
    read = read_files(options["path"])
    request = make_request(read, [parse_target_option(slug) for slug in case.targets], options)
    document: Document = assessment_document(assess(request, read, options, lambda text: None).record())
    return document


def differences(case: Case, replay: ReplayIndex, folder: Path) -> list[str]:
    """Return what is not as the case says."""
    try:
        document = document_of(case, replay, folder)
    except CommandError as error:
        if not case.refused:
            return [f"refused: {error}"]
        return [f"refused without {text!r}: {error}" for text in case.refused if text not in str(error)]
    if case.refused:
        return ["not refused"]
    found = [*_in_files(case, document)]
    for number, entry in enumerate(document["assessments"]):
        verdict = case.verdict if isinstance(case.verdict, str) or not case.verdict else case.verdict[number]
        packages = case.packages if isinstance(case.packages, Mapping) else case.packages[number]
        if verdict and entry["verdict"] != verdict:
            found.append(f"{entry['target']}: verdict {entry['verdict']}, not {verdict}")
        checks = (
            _in_packages(packages, entry),
            _in_rows(case, entry),
            _in_plan(case, entry),
            _in_conflict(case, entry),
        )
        found += [f"{entry['target']}: {one}" for one in chain.from_iterable(checks)]
    return found


def _in_files(case: Case, document: Document) -> Iterator[str]:
    if case.problems is not None:
        messages = [f"{one['path']}:{one['line']}: {one['message']}" for one in document["problems"]]
        for text in case.problems:
            if not any(text in one for one in messages):
                yield f"no problem {text!r} in {messages}"
        if messages and not case.problems:
            yield f"problems {messages}"
    if case.requirements is not None:
        listed = sorted(f"{one['name']}{one['specifier']}" for one in document["requirements"])
        if listed != sorted(case.requirements):
            yield f"requirements {listed}"


def _rows(entry: Document) -> dict[str, Document]:
    return {row["name"]: row for row in entry["packages"] if row["verdict"] != "inactive"}


def _in_packages(packages: Mapping[str, str | None], entry: Document) -> Iterator[str]:
    rows = _rows(entry)
    for name, wanted in packages.items():
        row = rows.get(name)
        if row is None or wanted is None:
            if row is not None or wanted is not None:
                yield f"{name} is {'not there' if row is None else 'there'}"
        elif not set(wanted.split()) <= {row["version"], row["verdict"]}:
            yield f"{name}: {row['version']} {row['verdict']}, not {wanted} ({row['reason']})"


def _in_rows(case: Case, entry: Document) -> Iterator[str]:
    rows = _rows(entry)
    if case.count is not None and len(rows) != case.count:
        yield f"{len(rows)} packages, not {case.count}: {sorted(rows)}"
    for key, wanted_texts in (("detail", case.detail), ("reason", case.reason)):
        for name, text in wanted_texts.items():
            seen = rows[name][key] if name in rows else None
            if not (seen or "").startswith(text):
                yield f"{name}: {key} {seen!r}, not {text!r}"
    if case.blockers is not None and sorted(entry["blockers"]) != sorted(case.blockers):
        yield f"blockers {entry['blockers']}, not {list(case.blockers)}"


def _in_plan(case: Case, entry: Document) -> Iterator[str]:
    plan = entry["plan"]
    changes = {one["name"]: one["to"] for one in plan["changes"]} if plan else {}
    for name, version in (case.moves or {}).items():
        if name not in changes or (version and changes[name] != version):
            yield f"moves {changes}, not {name} to {version or 'another version'}"
    reasons = {one["name"]: one["why"] for one in plan["changes"]} if plan else {}
    for name, text in case.why.items():
        if not reasons.get(name, "").startswith(text):
            yield f"why {name} moves: {reasons.get(name)!r}, not {text!r}"
    if case.moves == {} and changes:
        yield f"moves {changes}, not nothing"
    if case.moved is not None and len(changes) != case.moved:
        yield f"{len(changes)} moves, not {case.moved}: {changes}"
    limits = {one["from"]: one["to"] for one in plan["limits"] if one["to"]} if plan else {}
    if case.limits is not None and limits != case.limits:
        yield f"limits {limits}, not {case.limits}"
    if case.no_path not in ((plan["reason"] if plan else "") or ""):
        yield f"reason of the plan {plan and plan['reason']!r}, not {case.no_path!r}"
    pins = plan["pins"] if plan else {row["name"]: row["version"] for row in entry["packages"]}
    for name, version in case.pins.items():
        if pins.get(name) != version:
            yield f"pins {name} {pins.get(name)}, not {version}"


def _in_conflict(case: Case, entry: Document) -> Iterator[str]:
    text = entry["conflict"] or ""
    for one in case.conflict or ():
        if one not in text:
            yield f"no {one!r} in conflict {text!r}"
    ways = [one["text"] for one in entry["relaxations"]]
    if case.ways_out is not None and ways != list(case.ways_out):
        yield f"ways out {ways}, not {list(case.ways_out)}"
    if case.conflict == [] and text:
        yield f"conflict {text!r}"
