"""The assessment that a command makes of a request, with what it fetches and reads for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.indexes.assigned_packages import mark_other_indexes
from projects.domain.rewriting.limit_changes import limit_changes
from projects.management.assessment_options import parse_moment
from projects.management.indexes import Log, Options, index_set
from projects.management.progress_line import ProgressLine
from projects.management.reading import DependencyFiles
from projects.management.storage import prepare_storage
from projects.presentation.sentences import stopped_text
from projects.selectors.evidence import readings_of
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import Evaluation, evaluate
from projects.services.assessments.fetch import fetch_missing
from projects.services.dependency_files import FilesOnDisk
from projects.services.plan_files import FileContents, with_written_plans
from scanner.domain.phrases import count
from scanner.domain.releases.name_confusion import NameConfusion
from scanner.selectors.known_breaks import known_breaks
from scanner.selectors.name_confusion import confusions
from scanner.services.index_sets import IndexSet, asked_addresses, stop_command_polls
from scanner.services.refresh import FRESH_FOR

# How long fetching may take in all, in seconds.
_PATIENCE = 600
# A plan may take wheels that were not read before, one release after the other until one does not break.
_WHEEL_ROUNDS = 8


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
        progress=ProgressLine(log),
        fresh_for=FRESH_FOR,
        budget=Budget.from_settings(_PATIENCE),
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
        budget = Budget.from_settings(_PATIENCE)
        fetched = fetch_missing(
            request, indexes=indexes, progress=ProgressLine(log), fresh_for=FRESH_FOR, budget=budget, as_of=as_of
        )
        found = evaluate(request, indexes=indexes, as_of=as_of, resolved=fetched.resolved)
    else:
        log(f"After {_WHEEL_ROUNDS} rounds the plan may still take wheels that were not read.")
    return request, found
