"""What the commands that assess dependency files share: their options, the assessment and its progress."""

from __future__ import annotations

import logging
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from django.core.management import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.assessment.file_choices import file_choices_of, policy_under
from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.current_runtime import find_present_target
from projects.domain.dependency_files import ParsedFiles, select, unknown_choices
from projects.domain.indexes.assigned_packages import mark_other_indexes
from projects.domain.indexes.index_options import not_followed
from projects.domain.received_proof import InvalidProof, ReceivedProof, read_sent_proof
from projects.domain.rewriting.limit_changes import limit_changes
from projects.management.indexes import Log, Options, index_set
from projects.management.reading import read_from_disk
from projects.management.storage import prepare_storage
from projects.presentation.sentences import stopped_text
from projects.selectors.evidence import readings_of
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import Evaluation, evaluate, stopwatch
from projects.services.assessments.fetch import fetch_missing
from projects.services.dependency_files import FilesOnDisk, UnreadablePath, roots_of, unreadable
from projects.services.plan_files import FileContents, with_written_plans
from scanner.domain.phrases import count
from scanner.domain.releases.name_confusion import NameConfusion
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target
from scanner.selectors.known_breaks import known_breaks, recorded_breaks
from scanner.selectors.name_confusion import confusions
from scanner.services.index_sets import IndexSet, asked_addresses, stop_command_polls
from scanner.services.refresh import FRESH_FOR

# How long fetching may take in all, in seconds.
PATIENCE = 600
# A plan may take wheels that were not read before, one release after the other until one does not break.
_WHEEL_ROUNDS = 8


class DependencyFiles(Struct, frozen=True):
    """The files that a command was given, parsed. Their contents are read from the disk when they are needed."""

    roots: Sequence[str]
    parsed: ParsedFiles


class NothingToAssess(CommandError):
    """Files that ask for no package, in what counts."""


class CommandAssessment(Struct, frozen=True):
    """The evaluation of a command's request, with the indexes that it rests on and the names confused on them."""

    request: AssessmentRequest
    files: DependencyFiles
    evaluation: Evaluation
    indexes: IndexSet
    confusions: Sequence[NameConfusion]

    def record(self) -> AssessmentRecord:
        """Return the whole assessment, with plans written into the files."""
        found, parsed = self.evaluation, self.files.parsed
        record = AssessmentRecord(
            parsed,
            found.targets,
            timezone.now(),
            self.indexes.url,
            self.indexes.extra_urls,
            [one.to_json() for one in self.confusions],
            wheels=readings_of(found.targets),
            bridge=self._bridge(),
            bridge_targets=[target.slug for target in found.bridge.targets] if found.bridge is not None else (),
        )
        return with_written_plans(record, FileContents(FilesOnDisk(), self.files.roots, parsed), lambda: self.indexes)

    def _bridge(self) -> UpgradePlan | None:
        bridge, request = self.evaluation.bridge, self.request
        if bridge is None:
            return None
        return UpgradePlan.of(bridge, request.strategy, limit_changes(request.limits, bridge.targets))

    @property
    def warnings(self) -> list[str]:
        """What no verdict says: what could not be read of the files, and names that several indexes have."""
        return [*map(str, self.files.parsed.problems), *(one.message for one in self.confusions)]


def add_assessment_options(parser: ArgumentParser) -> None:
    """Add the options for what counts, what a project accepts and how plans are chosen."""
    parser.add_argument("--group", action="append", default=[], help="a dependency group that counts; repeatable")
    parser.add_argument(
        "--no-default-groups",
        action="store_true",
        help="leave out the groups that uv, Poetry or PDM installs by default",
    )
    parser.add_argument("--extra", action="append", default=[], help="an extra that counts; repeatable")
    parser.add_argument("--source", choices=[policy.value for policy in SourcePolicy], default="pure")
    parser.add_argument("--strategy", choices=[strategy.value for strategy in Strategy], default="minimal")
    parser.add_argument("--hold", action="append", default=[], metavar="NAME", help="never move this; repeatable")
    parser.add_argument("--step", choices=[step.value for step in Step], default="major", help="how far one may move")
    parser.add_argument("--pre", action="store_true", help="pre-releases count")
    parser.add_argument("--min-age", type=int, default=0, metavar="DAYS", help="ignore releases younger than this")
    parser.add_argument(
        "--evidence",
        choices=[one.value for one in DemandedEvidence],
        default=DemandedEvidence.INSTALLS.value,
        help="what must be known of a release to be ready: that it installs, declares the Python, or ran there",
    )
    parser.add_argument(
        "--proof", action="append", default=[], metavar="FILE", help="JSON of prove, for --evidence ran; repeatable"
    )
    parser.add_argument("--index-url", metavar="URL", help="the simple index to ask, instead of pip's")
    parser.add_argument(
        "--extra-index-url",
        action="append",
        default=[],
        metavar="URL",
        help="one more to ask, beside pip's; its packages count together with the others', as for pip; repeatable",
    )
    parser.add_argument(
        "--read-compiled",
        action="store_true",
        help="also read the compiled modules of the wheels, as --read-wheels too",
    )
    parser.add_argument(
        "--read-wheels", action="store_true", help="also read the Python files of the wheels, for modules that are gone"
    )
    parser.add_argument("--as-of", metavar="DATE", help="as the index stood then (2024-08-01, or a time with zone)")


def read_files(paths: Sequence[str]) -> DependencyFiles:
    """Parse the dependency files at these paths. Raises CommandError with status 2 when nothing could be read."""
    try:
        roots = roots_of(paths)
    except UnreadablePath as error:
        raise CommandError(str(error), returncode=2) from error
    parsed = read_from_disk(roots)
    if unreadable(parsed, paths) or (not parsed.requirements and parsed.problems):
        problems = "\n".join(map(str, parsed.problems))
        raise CommandError(f"No requirement could be read.\n{problems}", returncode=2)
    return DependencyFiles(roots, replace(parsed, problems=(*parsed.problems, *not_followed(parsed))))


def make_request(files: DependencyFiles, targets: Sequence[Target], options: Options) -> AssessmentRequest:
    """Return the request that the options make. Raises CommandError with status 2 for an unknown group or extra.

    Also where the files ask for no package.
    """
    unknown = unknown_choices(files.parsed, options["group"], options["extra"])
    if unknown:
        raise CommandError("\n".join(map(str, unknown)), returncode=2)
    defaults = () if options.get("no_default_groups") else files.parsed.default_groups
    requirements = select(files.parsed, [*defaults, *options["group"]], options["extra"])
    policy = BuildPolicy(SourcePolicy(options["source"]), options["pre"], options["min_age"])
    request = AssessmentRequest(
        requirements,
        targets,
        policy_under(policy, files.parsed.options),
        parse_moment(options["as_of"]) or timezone.now(),
        Strategy(options["strategy"]),
        step=Step(options["step"]),
        holds=frozenset(canonicalize_name(name) for name in options["hold"]),
        bridge=options.get("bridge", False),
        stopwatch=stopwatch,
        files=file_choices_of(files.parsed.options, requirements),
        limits=files.parsed.limits,
        known_breaks=recorded_breaks(),
        unread=files.parsed.unread,
        present=find_present_target(files.parsed.hints),
        demanded=DemandedEvidence(options["evidence"]),
        proofs=dict(map(_read_proof, options["proof"])),
    )
    if not request.asks_for_packages:
        raise NothingToAssess(_nothing_asked(files), returncode=2)
    return request


def _read_proof(path: str) -> tuple[str, ReceivedProof]:
    """Return the target and the proof of a file. Raises CommandError with status 2."""
    try:
        proof = read_sent_proof(Path(path).read_bytes())
    except (OSError, InvalidProof) as error:
        raise CommandError(f"--proof: {path}: {error}", returncode=2) from error
    return proof.target, proof


def _nothing_asked(files: DependencyFiles) -> str:
    """Return why there is nothing to assess, and what could be chosen instead."""
    named = ", ".join(source.path for source in files.parsed.sources)
    names = sorted({name for _, name in files.parsed.choices})
    more = f" Choose with --group or --extra: {', '.join(names)}." if names else ""
    return f"Nothing to assess: {named} asks for no package.{more}"


def assess(request: AssessmentRequest, files: DependencyFiles, options: Options, log: Log) -> CommandAssessment:
    """Fetch what is missing and evaluate. Raises CommandError with status 2 for an index that cannot be used."""
    # Standard error is for the progress line; errors are written below.
    logging.getLogger("scanner").setLevel(logging.ERROR)
    prepare_storage()
    as_of = parse_moment(options["as_of"])
    indexes = index_set(files.parsed, options, log)
    requirements = mark_other_indexes(request.requirements, files.parsed.assigned, asked_addresses(indexes))
    request = replace(request, requirements=requirements)
    fetched = fetch_missing(
        request,
        indexes=indexes,
        progress=_Progress(log),
        fresh_for=FRESH_FOR,
        budget=Budget.from_settings(PATIENCE),
        as_of=as_of,
        alone=True,
    )
    for name, fault in sorted(fetched.faults.items()):
        log(f"{name}: {fault}; the result rests on what was stored before, else it is unknown.")
    if fetched.stopped is not None:
        log(f"{stopped_text(fetched.stopped)} What is undecided is unknown.")
    stop_command_polls(indexes)
    found = evaluate(request, indexes=indexes, as_of=as_of, resolved=fetched.resolved)
    if options.get("read_wheels") or options.get("read_compiled"):
        request, found = _with_wheels_read(request, found, indexes, as_of, log)
    if options.get("read_compiled"):
        # Imported here as what reads wheels is.
        from projects.services.compiled_reading import read_compiled_of

        read_compiled_of(found.targets, indexes, log)
    return CommandAssessment(request, files, found, indexes, confusions(indexes, found.names))


def _with_wheels_read(
    request: AssessmentRequest, found: Evaluation, indexes: IndexSet, as_of: datetime | None, log: Log
) -> tuple[AssessmentRequest, Evaluation]:
    """Read the wheels of the answer, and answer again as long as they show that something breaks."""
    # Imported here, since it brings a tenth of all modules, and few commands read wheels.
    from projects.services.wheel_reading import read_wheels, wheels_of

    for _ in range(_WHEEL_ROUNDS):
        read = read_wheels(indexes, wheels_of(found.targets, indexes), timezone.now())
        log(f"Read {count(read.wheels, 'wheel')}, {read.received:,} bytes; {count(read.breaking, 'wheel')} break.")
        if not read.breaking and request.known_breaks == known_breaks():
            break
        request = replace(request, known_breaks=known_breaks())
        budget = Budget.from_settings(PATIENCE)
        fetched = fetch_missing(
            request, indexes=indexes, progress=_Progress(log), fresh_for=FRESH_FOR, budget=budget, as_of=as_of
        )
        found = evaluate(request, indexes=indexes, as_of=as_of, resolved=fetched.resolved)
    else:
        log(f"After {_WHEEL_ROUNDS} rounds the plan may still take wheels that were not read.")
    return request, found


class _Progress:
    """A progress line: overwritten on a terminal, else a new line for every ten files, or hundred where there are many.

    What is counted are pages of packages and metadata of releases.
    """

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, name: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "" if done < total else "\n"
            sys.stderr.write(f"\r\x1b[K{done} of {total}, {name}…{end}")
            sys.stderr.flush()
        elif done == total or done % (10 if total < 200 else 100) == 0:
            self._log(f"{done:,} of {count(total, 'file')} of the index read")


def parse_moment(text: str | None) -> datetime | None:
    """Return a date as its end, so that files of that day count. Raises CommandError with status 2."""
    if text is None:
        return None
    try:
        moment = parse_datetime(text) if len(text) > 10 else None
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise CommandError(f"--as-of: {text!r} is not a date (use YYYY-MM-DD)", returncode=2)
    return datetime.combine(day, time.max, tzinfo=UTC)
