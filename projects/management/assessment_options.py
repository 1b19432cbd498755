"""The options of the commands that assess dependency files, and the request that they make."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from django.core.management import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from packaging.utils import canonicalize_name

from projects.domain.assessment.file_choices import file_choices_of, policy_under
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.current_runtime import find_present_target
from projects.domain.dependency_files import conflicting_choices, select, unknown_choices
from projects.domain.received_proof import InvalidProof, ReceivedProof, read_sent_proof
from projects.management.indexes import Options
from projects.management.reading import DependencyFiles
from projects.services.assessments.evaluate import stopwatch
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target
from scanner.selectors.known_breaks import recorded_breaks


class NothingToAssess(CommandError):
    """Files that ask for no package, in what counts."""


def add_assessment_options(parser: ArgumentParser) -> None:
    """Add the options for what counts, what a project accepts and how plans are chosen."""
    parser.add_argument("--group", action="append", default=[], help="a dependency group that counts; repeatable")
    parser.add_argument(
        "--no-default-groups",
        action="store_true",
        help="leave out the groups that uv, Poetry or PDM installs by default",
    )
    parser.add_argument("--extra", action="append", default=[], help="an extra that counts; repeatable")
    parser.add_argument(
        "--source",
        choices=[policy.value for policy in SourcePolicy],
        default="pure",
        help="which builds from source count as installing: none, those of pure Python, or all (pure)",
    )
    parser.add_argument(
        "--strategy",
        choices=[strategy.value for strategy in Strategy],
        default="minimal",
        help="plans change as little as possible, or take the newest versions (minimal)",
    )
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


def make_request(files: DependencyFiles, targets: Sequence[Target], options: Options) -> AssessmentRequest:
    """Return the request that the options make. Raises CommandError with status 2 for an unknown group or extra.

    Also for groups and extras that conflict, and where the files ask for no package.
    """
    unknown = unknown_choices(files.parsed, options["group"], options["extra"])
    if unknown:
        raise CommandError("\n".join(map(str, unknown)), returncode=2)
    defaults = () if options.get("no_default_groups") else files.parsed.default_groups
    groups = [*defaults, *options["group"]]
    conflicting = conflicting_choices(files.parsed.conflicts, groups, options["extra"])
    if conflicting:
        raise CommandError("\n".join(conflicting), returncode=2)
    requirements = select(files.parsed, groups, options["extra"])
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
