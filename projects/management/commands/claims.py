"""`manage.py claims FILE`: check the claims of a hand-made assessment against the index."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone
from msgspec.structs import asdict

from projects.domain.claims.check import CheckedClaim, ClaimVerdict, check_claim
from projects.domain.claims.claim import Claim, InvalidClaims, read_claims
from projects.domain.claims.facts import PackageFacts
from projects.management.assessing import assess
from projects.management.assessment_options import add_assessment_options, make_request, parse_moment
from projects.management.reading import read_files
from projects.management.target_options import parse_target_option
from projects.services.claims import read_facts
from scanner.services.index_sets import stop_command_polls


class Command(BaseCommand):
    """Assess each project of a claim file as of the day of writing and as of now, and compare."""

    help = (
        "Checks which claims of FILE are right, wrong or outdated. NAME.txt beside FILE has a project's requirements."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, the day of writing, the format and the options of `assess`."""
        parser.add_argument("file", metavar="FILE", help="a claim file (docs/claims.md)")
        parser.add_argument("--written", metavar="DATE", help="the day on which the claims were made")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("markdown", "json"), default="markdown")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the checked claims of all projects to standard output."""
        path = Path(options["file"])
        projects = _read_projects(path)
        checked = {name: self._check(path, name, content, options) for name, content in projects.items()}
        targets = {name: str(content["target"]) for name, content in projects.items()}
        if options["format"] == "json":
            self.stdout.write(json.dumps(_document(checked, targets), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_markdown(checked, targets, timezone.now()), ending="")

    def _check(
        self, path: Path, project: str, content: Mapping[str, Any], options: Mapping[str, Any]
    ) -> list[CheckedClaim]:
        try:
            claims = read_claims(content["claims"], content.get("imported_but_not_required", ()))
        except InvalidClaims as error:
            raise CommandError(f"{path}: {project}: {error}", returncode=2) from error
        requirements = str(path.with_name(f"{project}.txt"))
        now = self._measure(requirements, content["target"], claims, options)
        then = now
        if written := parse_moment(options["written"]):
            then = self._measure(requirements, content["target"], claims, {**options, "as_of": written.isoformat()})
        return [check_claim(claim, now[claim.name], then[claim.name], now.get, then.get) for claim in claims]

    def _measure(
        self, requirements: str, target: str, claims: Sequence[Claim], options: Mapping[str, Any]
    ) -> dict[str, PackageFacts]:
        files = read_files([requirements])
        request = make_request(files, [parse_target_option(str(target))], options)
        found = assess(request, files, options, self._report)
        result = found.evaluation.targets[0]
        facts = read_facts(request, result, claims, indexes=found.indexes, as_of=parse_moment(options["as_of"]))
        # read_facts has polled packages that only claims name.
        stop_command_polls(found.indexes)
        return facts

    def _report(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def _read_projects(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    if not isinstance(content, dict):
        raise CommandError(f"{path}: a claim file is a JSON object", returncode=2)
    found: dict[str, Mapping[str, Any]] = {
        name: entry for name, entry in content.items() if isinstance(entry, dict) and "claims" in entry
    }
    if not found:
        raise CommandError(f"{path}: no project with claims in it", returncode=2)
    return found


def _document(checked: Mapping[str, Sequence[CheckedClaim]], targets: Mapping[str, str]) -> dict[str, Any]:
    return {
        project: {
            "target": targets[project],
            "claims": [
                {"claim": asdict(one.claim), "holds": one.verdict.value, "because": list(one.evidence)}
                for one in claims
            ],
        }
        for project, claims in checked.items()
    }


def _markdown(checked: Mapping[str, Sequence[CheckedClaim]], targets: Mapping[str, str], now: datetime) -> str:
    parts = []
    for project, claims in checked.items():
        verdicts = [one.verdict for one in claims]
        counts = ", ".join(f"{verdicts.count(verdict)} {verdict.value}" for verdict in ClaimVerdict)
        rows = [
            f"| {one.claim.name} | {_claimed(one.claim)} | **{one.verdict.value}** | {'. '.join(one.evidence)} |"
            for one in claims
        ]
        table = "\n".join(["| Package | Claim | Measured | Evidence |", "| --- | --- | --- | --- |", *rows])
        parts.append(f"## {project} on {targets[project]}\n\n{counts}; measured on {now:%Y-%m-%d}.\n\n{table}\n")
    return "\n".join(parts)


def _claimed(claim: Claim) -> str:
    using = f" (of {claim.current})" if claim.current else ""
    lowest = f"; lowest {claim.min_version}" if claim.min_version and claim.min_version != claim.current else ""
    return f"{claim.text}{using}{lowest}"
