"""`manage.py claims FILE`: a hand-made assessment, claim by claim, against what the index says."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.domain.claims import BadClaims, Claim, Facts, Holds, Judged, judge_claim, read_claims
from projects.management.asking import add_assessment_options, ask, moment_of, read_given, request_of, target_of
from projects.services.claims import read_facts
from scanner.services.index_sets import stop_command_polls


class Command(BaseCommand):
    """Assess each project of a claim file twice, as of the day of writing and now, and compare."""

    help = "Tells which claims of FILE are right, wrong or outdated; NAME.txt beside it holds each project's packages."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a claim file (docs/claims.md)")
        parser.add_argument("--written", metavar="DATE", help="the day on which the claims were made")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("markdown", "json"), default="markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        written = moment_of(options["written"])
        found: dict[str, list[Judged]] = {}
        targets: dict[str, str] = {}
        for project, content in _projects(path).items():
            try:
                claims = read_claims(content["claims"], content.get("imported_but_not_required", ()))
            except BadClaims as error:
                raise CommandError(f"{path}: {project}: {error}", returncode=2) from error
            requirements = str(path.with_name(f"{project}.txt"))
            targets[project] = str(content["target"])
            now = self._measure(requirements, targets[project], claims, options, None)
            then = self._measure(requirements, targets[project], claims, options, written) if written else now
            found[project] = [
                judge_claim(claim, now[claim.name], then[claim.name], now.get, then.get) for claim in claims
            ]
        if options["format"] == "json":
            self.stdout.write(json.dumps(_data(found, targets), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_markdown(found, targets, timezone.now()), ending="")

    def _measure(
        self,
        requirements: str,
        target: str,
        claims: tuple[Claim, ...],
        options: dict[str, Any],
        as_of: datetime | None,
    ) -> dict[str, Facts]:
        asked = {**options, "as_of": as_of.isoformat() if as_of else options["as_of"]}
        given = read_given([requirements])
        request = request_of(given, [target_of(target)], asked)
        told = ask(request, given, asked, self._say)
        entry = told.document["assessments"][0]
        facts = read_facts(request, entry, claims, indexes=told.indexes, as_of=moment_of(asked["as_of"]))
        # It has asked for the packages that only claims name.
        stop_command_polls(told.indexes)
        return facts

    def _say(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _projects(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    if not isinstance(content, dict):
        raise CommandError(f"{path}: a claim file is an object", returncode=2)
    found: dict[str, Mapping[str, Any]] = {
        name: entry for name, entry in content.items() if isinstance(entry, dict) and "claims" in entry
    }
    if not found:
        raise CommandError(f"{path}: no project with claims in it", returncode=2)
    return found


def _data(found: Mapping[str, list[Judged]], targets: Mapping[str, str]) -> dict[str, Any]:
    return {
        project: {"target": targets[project], "claims": [asdict(one) for one in judged]}
        for project, judged in found.items()
    }


def _markdown(found: Mapping[str, list[Judged]], targets: Mapping[str, str], now: datetime) -> str:
    parts = []
    for project, judged in found.items():
        counts = ", ".join(f"{sum(one.holds is holds for one in judged)} {holds.value}" for holds in Holds)
        rows = [
            f"| {one.claim.name} | {_claimed(one.claim)} | **{one.holds.value}** | {'. '.join(one.because)} |"
            for one in judged
        ]
        table = "\n".join(["| Package | Claim | Measured | Evidence |", "| --- | --- | --- | --- |", *rows])
        parts.append(f"## {project} on {targets[project]}\n\n{counts}; measured on {now:%Y-%m-%d}.\n\n{table}\n")
    return "\n".join(parts)


def _claimed(claim: Claim) -> str:
    using = f" (of {claim.current})" if claim.current else ""
    lowest = f"; lowest {claim.min_version}" if claim.min_version and claim.min_version != claim.current else ""
    return f"{claim.text}{using}{lowest}"
