"""`manage.py assess PATH…`: the machine-readable assessment, without account, server or worker."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.gate.baseline import Baseline
from projects.domain.gate.comparison import (
    ExitStatus,
    FailOn,
    ProgressKind,
    TargetChange,
    compare_with_baseline,
    exit_status,
)
from projects.management.assessing import CommandAssessment, assess
from projects.management.assessment_options import add_assessment_options, make_request
from projects.management.gating import (
    CHECK_FORMATS,
    add_gate_options,
    read_baseline,
    seen_from_here,
    update_baseline,
    write_file,
)
from projects.management.reading import read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.checks.gate_text import gate_document, gate_lines
from projects.presentation.checks.of_assessment import assessment_results
from projects.presentation.formats.bridge_text import bridge_of
from projects.presentation.formats.schema import assessment_document
from projects.presentation.formats.text import as_csv, as_json, as_markdown, as_table
from scanner.domain.targets.catalogue import DEFAULT_TARGETS
from scanner.domain.targets.target import Target

_FORMATS = ("table", "json", "markdown", "csv")
_TOOL = "Wheelway"
_NEED_BASELINE = {FailOn.NEW_BLOCKERS, *ProgressKind}


class Command(BaseCommand):
    """The command: reads dependency files, polls what is not known, and prints the verdicts."""

    help = "Say for each target whether the requirements in PATH… can move there, and what prevents it."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the paths, targets, formats, the gate and the options of an assessment."""
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory with some")
        parser.add_argument(
            "--target",
            action="append",
            metavar="TARGET",
            help=f"{TARGET_HELP}; repeatable; without it those of the baseline",
        )
        add_assessment_options(parser)
        parser.add_argument("--bridge", action="store_true", help="also plan one set that holds on all given targets")
        add_gate_options(parser, _FORMATS)
        parser.add_argument(
            "--fail-on",
            choices=[one.value for one in FailOn],
            help="exit 1 on this verdict or worse, or on what blocks now and not in the baseline; 3 where that is not "
            "known; default: new-blockers with --baseline, never with --write-baseline, else no-go",
        )
        parser.add_argument(
            "--fail-on-progress",
            choices=[one.value for one in ProgressKind],
            help="exit 4 if a blocker of the baseline fell, or if a target that it calls no-go is free of them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Assess, and write the result to standard output. Exit as `--fail-on` says (docs/ci.md)."""
        # The process ends with this one answer: looking for cycles in what it holds takes a third of the time.
        gc.set_threshold(200_000, 50, 50)
        baseline = read_baseline(options["baseline"])
        fail_on = _fail_on(options)
        targets = self._targets(options, baseline)
        files = read_files(options["path"])
        assessment = assess(make_request(files, targets, options), files, options, self._log)
        results = assessment.evaluation.targets
        changes = _changes(baseline, results)
        for form, path in options["output"]:
            write_file(path, _text(assessment, changes, form))
        self.stdout.write(_text(assessment, changes, options["format"]), ending="")
        if options["format"] == "csv":
            for confusion in assessment.confusions:
                # A table of packages has no place for it.
                self._log(f"! {confusion.message}")
        if changes is not None and options["format"] not in {"table", "markdown"}:
            for line in gate_lines(changes):
                self._log(line)
        if options["write_baseline"]:
            update_baseline(options["write_baseline"], lambda before: before.with_targets(results))
        progress = ProgressKind(options["fail_on_progress"]) if options["fail_on_progress"] else None
        # Nor is it worth freeing everything at the end.
        gc.freeze()
        status = exit_status(fail_on, (one.verdict for one in results), changes or (), progress)
        if status is not ExitStatus.FINE:
            sys.exit(status)

    def _targets(self, options: Mapping[str, Any], baseline: Baseline | None) -> list[Target]:
        known = baseline.targets if baseline is not None else None
        if baseline is not None and known is None:
            message = f"{options['baseline']}: it has no assessment. `assess --write-baseline` adds one."
            raise CommandError(message, returncode=2)
        if options["target"]:
            # Two names may stand for one target.
            targets = list(dict.fromkeys(map(parse_target_option, options["target"])))
        elif known is not None:
            targets = [parse_target_option(slug) for slug in known]
        else:
            targets = list(DEFAULT_TARGETS)
            self._log(f"No --target: using {', '.join(target.slug for target in targets)}.")
        missing = [one.slug for one in targets if known is not None and one.slug not in known]
        if missing:
            message = f"{options['baseline']}: it has nothing on {', '.join(missing)}. Write it again with these."
            raise CommandError(message, returncode=2)
        return targets

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _fail_on(options: Mapping[str, Any]) -> FailOn:
    """Return what fails. Raises CommandError with status 2 for an option that needs a baseline."""
    needed = [name for name in ("fail_on", "fail_on_progress") if options[name] in _NEED_BASELINE]
    if needed and not options["baseline"]:
        name = needed[0]
        raise CommandError(
            f"--{name.replace('_', '-')} {options[name]}: give a --baseline to compare with.", returncode=2
        )
    if options["fail_on"]:
        return FailOn(options["fail_on"])
    if options["baseline"]:
        return FailOn.NEW_BLOCKERS
    return FailOn.NEVER if options["write_baseline"] else FailOn.NO_GO


def _changes(baseline: Baseline | None, results: Sequence[TargetResult]) -> list[TargetChange] | None:
    if baseline is None or baseline.targets is None:
        return None
    return [compare_with_baseline(baseline.targets[one.target], one) for one in results]


def _text(assessment: CommandAssessment, changes: Sequence[TargetChange] | None, form: str) -> str:
    found, warnings = assessment.evaluation, assessment.warnings
    results, strategy = found.targets, assessment.request.strategy
    plan = UpgradePlan.of(found.bridge, strategy) if found.bridge is not None else None
    bridge = bridge_of(plan, (target.slug for target in found.bridge.targets) if found.bridge else ())
    lines = gate_lines(changes) if changes is not None else []
    match form:
        case "json":
            document = assessment_document(assessment.record())
            return as_json({**document, **({"changes": gate_document(changes)} if changes is not None else {})})
        case "markdown":
            return as_markdown(results, warnings, timezone.now(), bridge) + "".join(f"\n{line}\n" for line in lines)
        case "csv":
            return as_csv(results, bridge)
        case "table":
            return as_table(results, warnings, bridge) + "".join(f"{line}\n" for line in ["", *lines] if lines)
        case _:
            by_target = {change.target: change for change in changes} if changes is not None else None
            checks = assessment_results(results, assessment.files.roots[0], by_target)
            return CHECK_FORMATS[form](_TOOL, seen_from_here(checks))
