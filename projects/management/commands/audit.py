"""`manage.py audit PATH`: what the source imports, against the requirements and against the Pythons of targets."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.audit.findings import AuditFinding
from projects.domain.gate.comparison import ExitStatus
from projects.management.assessing import assess
from projects.management.assessment_options import NothingToAssess, add_assessment_options, make_request
from projects.management.gating import (
    CHECK_FORMATS,
    add_gate_options,
    read_baseline,
    seen_from_here,
    update_baseline,
    write_file,
)
from projects.management.indexes import index_set
from projects.management.reading import DependencyFiles, read_files
from projects.management.storage import prepare_storage
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.audit.formats import AuditReport, audit_json, audit_table
from projects.presentation.checks.gate_text import findings_line
from projects.presentation.checks.of_audit import audit_results
from projects.presentation.checks.result import CheckResult
from projects.services.audit.findings import audit_tree, audit_without_requirements
from projects.services.audit.tree import SourceTree, read_tree, read_tree_places
from projects.services.dependency_files import UnreadablePath, roots_of
from scanner.domain.phrases import count
from scanner.domain.targets.catalogue import DEFAULT_TARGETS
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet

_FORMATS = {"table": audit_table, "json": audit_json}
_TOOL = "Wheelway audit"
_SHOWN_PROBLEMS = 20
_FAILS = {"never": set(), "high": {"high", "critical"}, "moderate": {"moderate", "high", "critical"}}


class Command(BaseCommand):
    """The command: reads the Python files below a folder and compares them with what its requirements bring."""

    help = "Find imports without a requirement, requirements without an import, and what a target's Python removed."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the path, targets, format and the options of an assessment."""
        parser.add_argument("path", metavar="PATH", help="a folder with source and dependency files")
        parser.add_argument("--target", action="append", metavar="TARGET", help=f"{TARGET_HELP}; repeatable")
        add_assessment_options(parser)
        parser.add_argument(
            "--loaded", action="append", default=[], metavar="NAME", help="a package that is loaded by name"
        )
        add_gate_options(parser, _FORMATS)
        parser.add_argument(
            "--fail-on",
            choices=tuple(_FAILS),
            help="exit 1 on such a finding or worse, with --baseline only on a new one; "
            "default: never with --write-baseline, else high",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the findings to standard output. Exit with 1 as `--fail-on` says."""
        root = Path(options["path"])
        if not root.exists():
            raise CommandError(f"{root}: no such file or folder", returncode=2)
        baseline = read_baseline(options["baseline"])
        if baseline is not None and baseline.findings is None:
            message = f"{options['baseline']}: it has no findings. `audit --write-baseline` adds them."
            raise CommandError(message, returncode=2)
        names = options["target"]
        targets = list(dict.fromkeys(map(parse_target_option, names))) if names else list(DEFAULT_TARGETS)
        tree = read_tree(root)
        findings = self._findings(tree, targets, options)
        slugs = [one.slug for one in targets]
        report = AuditReport(findings, slugs, len(tree.files), tree.left_out, read_tree_places(tree))
        checks = audit_results(findings, baseline.findings if baseline is not None else None)
        for form, path in options["output"]:
            write_file(path, _text(report, checks, form, options["path"]))
        self.stdout.write(_text(report, checks, options["format"], options["path"]), ending="")
        if baseline is not None:
            new = sum(check.is_new is True for check in checks)
            self._log(findings_line(new, len(checks) - new))
        if options["write_baseline"]:
            update_baseline(options["write_baseline"], lambda before: before.with_findings(findings))
        fail_on = options["fail_on"] or ("never" if options["write_baseline"] and baseline is None else "high")
        if {check.severity for check in checks if check.is_new is not False} & _FAILS[fail_on]:
            sys.exit(ExitStatus.FAILED)

    def _findings(self, tree: SourceTree, targets: list[Target], options: dict[str, Any]) -> list[AuditFinding]:
        try:
            roots_of([options["path"]])
        except UnreadablePath as error:
            self._log(f"{error}: nothing is required.")
            return audit_without_requirements(tree, targets)
        files = read_files([options["path"]])
        results, indexes = self._assess(files, targets, options)
        return audit_tree(tree, targets, results, files.parsed, indexes, loaded=options["loaded"])

    def _assess(
        self, files: DependencyFiles, targets: list[Target], options: dict[str, Any]
    ) -> tuple[list[TargetResult], IndexSet]:
        for problem in files.parsed.problems[:_SHOWN_PROBLEMS]:
            self._log(str(problem))
        more = len(files.parsed.problems) - _SHOWN_PROBLEMS
        if more > 0:
            self._log(f"{count(more, 'more problem')}; `{settings.WHEELWAY_PROGRAM} requirements` lists all.")
        try:
            assessment = assess(make_request(files, targets, options), files, options, self._log)
        except NothingToAssess as error:
            # Groups and extras may still require what the source imports.
            self._log(str(error))
            prepare_storage()
            nothing = [TargetResult(target.slug, ProjectVerdict.UNKNOWN, ()) for target in targets]
            return nothing, index_set(files.parsed, options, self._log)
        return assessment.evaluation.targets, assessment.indexes

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _text(report: AuditReport, checks: Sequence[CheckResult], form: str, root: str) -> str:
    if form in CHECK_FORMATS:
        return CHECK_FORMATS[form](_TOOL, seen_from_here(checks, root if Path(root).is_dir() else ""))
    return _FORMATS[form](report)
