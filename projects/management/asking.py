"""What the commands that ask about dependency files share: their options, the asking itself, and how it is told."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from django.core.management import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from packaging.utils import canonicalize_name

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.dependency_files import ParsedFiles, read, select
from projects.domain.indexes.index_options import InvalidIndexOption, effective_indexes, not_followed
from projects.management.storage import prepare_storage
from projects.presentation.formats.schema import document
from projects.services.assessments.evaluate import Evaluation, evaluate, search_clock
from projects.services.assessments.fetch import fetch_missing
from projects.services.dependency_files import FilesOnDisk, UnreadablePath, roots_of, unreadable
from projects.services.plan_files import FileContents, with_written_plans
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.selectors.name_confusion import confusions
from scanner.services.index_sets import IndexSet, command_set, stop_command_polls
from scanner.services.indexes import InvalidPipConfiguration, configured_extra_urls, configured_index_url
from scanner.services.refresh import FRESH_FOR

# How long the index may take for everything that an answer needs, in seconds.
PATIENCE = 600
Say = Callable[[str], None]
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """The files that were named: what they hold, as read. Contents are read from the disk when asked for."""

    roots: Sequence[str]
    parsed: ParsedFiles


@dataclass(frozen=True, slots=True)
class Told:
    """An answer and its document (design §10), plans written into the files, and the indexes it came from."""

    answer: Evaluation
    document: dict[str, Any]
    indexes: IndexSet


def add_assessment_options(parser: ArgumentParser) -> None:
    """The options that say what counts, what a project accepts and how plans are chosen."""
    parser.add_argument("--group", action="append", default=[], help="a dependency group that counts; repeatable")
    parser.add_argument("--extra", action="append", default=[], help="an extra that counts; repeatable")
    parser.add_argument("--source", choices=[policy.value for policy in SourcePolicy], default="pure")
    parser.add_argument("--strategy", choices=[strategy.value for strategy in Strategy], default="minimal")
    parser.add_argument("--hold", action="append", default=[], metavar="NAME", help="never move this; repeatable")
    parser.add_argument("--step", choices=[step.value for step in Step], default="major", help="how far one may move")
    parser.add_argument("--pre", action="store_true", help="pre-releases count")
    parser.add_argument("--min-age", type=int, default=0, metavar="DAYS", help="ignore releases younger than this")
    parser.add_argument("--index-url", metavar="URL", help="the simple index to ask, instead of pip's")
    parser.add_argument(
        "--extra-index-url",
        action="append",
        default=[],
        metavar="URL",
        help="one more to ask, beside pip's; its packages count together with the others', as for pip; repeatable",
    )
    parser.add_argument("--as-of", metavar="DATE", help="as the index stood then (2024-08-01, or a time with zone)")


def read_given(paths: Sequence[str]) -> Given:
    """The dependency files at these paths. Raises CommandError with status 2 when nothing could be read."""
    try:
        roots = roots_of(paths)
    except UnreadablePath as error:
        raise CommandError(str(error), returncode=2) from error
    parsed = read(FilesOnDisk(), roots)
    if unreadable(parsed, paths) or (not parsed.requirements and parsed.problems):
        told = "\n".join(map(str, parsed.problems))
        raise CommandError(f"No requirement could be read.\n{told}", returncode=2)
    return Given(roots, replace(parsed, problems=(*parsed.problems, *not_followed(parsed))))


def request_of(given: Given, targets: Sequence[Target], options: Options) -> AssessmentRequest:
    """What the options ask for."""
    return AssessmentRequest(
        select(given.parsed, options["group"], options["extra"]),
        targets,
        BuildPolicy(SourcePolicy(options["source"]), options["pre"], options["min_age"]),
        moment_of(options["as_of"]) or timezone.now(),
        Strategy(options["strategy"]),
        step=Step(options["step"]),
        holds=frozenset(canonicalize_name(name) for name in options["hold"]),
        bridge=options.get("bridge", False),
        expired=search_clock,
    )


def ask(request: AssessmentRequest, given: Given, options: Options, say: Say) -> Told:
    """Fetch what is missing and answer. Raises CommandError with status 2 for an index that cannot be used."""
    # Standard error is for the progress line; faults are told below.
    logging.getLogger("scanner").setLevel(logging.ERROR)
    prepare_storage()
    as_of = moment_of(options["as_of"])
    indexes = _indexes(given, options, say)
    fetched = fetch_missing(
        request,
        indexes=indexes,
        progress=_Progress(say),
        fresh_for=FRESH_FOR,
        seconds=PATIENCE,
        as_of=as_of,
    )
    for name, fault in sorted(fetched.faults.items()):
        say(f"{name}: {fault}; what was stored of it is used, else it is unknown.")
    stop_command_polls(indexes)
    found = evaluate(request, indexes=indexes, as_of=as_of, resolved_request=fetched.resolved_request)
    whole = document(
        given.parsed,
        found.targets,
        index_url=indexes.url,
        now=timezone.now(),
        strategy=request.strategy,
        bridge=found.bridge,
        extra_urls=indexes.extra_urls,
        confusions=[one.to_json() for one in confusions(indexes, found.names)],
    )
    whole = with_written_plans(whole, FileContents(FilesOnDisk(), given.roots, given.parsed), lambda: indexes)
    return Told(found, whole, indexes)


def _indexes(given: Given, options: Options, say: Say) -> IndexSet:
    """Those of the options, of pip's configuration and of the files, as pip would ask them."""
    try:
        primary = options["index_url"] or configured_index_url()
        chosen = effective_indexes(
            primary, configured_extra_urls(), options["extra_index_url"], given.parsed, os.environ
        )
        for note in chosen.notes:
            say(note)
        return command_set(chosen.urls)
    except (InvalidPipConfiguration, InvalidIndexOption) as error:
        raise CommandError(str(error), returncode=2) from error
    except ValueError as error:
        raise CommandError(f"The index address cannot be used: {error}", returncode=2) from error


class _Progress:
    """A line that is written over on a terminal, else one line for every ten packages."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def __call__(self, name: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "" if done < total else "\n"
            sys.stderr.write(f"\r\x1b[K{done} of {total}, {name}…{end}")
            sys.stderr.flush()
        elif done == total or done % 10 == 0:
            self._say(f"{done} of {total} packages asked for")


def target_of(slug: str) -> Target:
    """The target of a slug; raises CommandError with status 2."""
    try:
        return parse_target(slug)
    except UnknownTarget as error:
        raise CommandError(str(error), returncode=2) from error


def moment_of(text: str | None) -> datetime | None:
    """A date means its end: files of that day are there. Raises CommandError with status 2."""
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
        raise CommandError(f"--as-of {text!r} is no date; write it as 2024-08-01.", returncode=2)
    return datetime.combine(day, time.max, tzinfo=UTC)
