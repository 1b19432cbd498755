"""`manage.py prove PATH… --target TARGET`: install the planned set on a real interpreter, and import all of it."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from shlex import split
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.proof import Proof
from projects.domain.received_proof import sent_proof
from projects.hosts.proof_upload import ProofNotTaken, upload_proof
from projects.management.assessing import assess
from projects.management.assessment_options import add_assessment_options, make_request
from projects.management.indexes import index_addresses
from projects.management.reading import read_files
from projects.management.target_options import TARGET_HELP, parse_target_option
from projects.presentation.formats.proof_text import proof_text
from projects.services.proving.interpreters import NoInterpreter, find_interpreter
from projects.services.proving.prove import prove
from projects.services.reports import read_planned_set
from scanner.domain.targets.target import parse_target
from scanner.services.index_sets import IndexSet


class Command(BaseCommand):
    """The command: assesses one target, installs the set that is planned there, and imports its modules."""

    help = (
        "Install the set that is planned for a target in a throw-away environment on this machine, from wheels only, "
        "and import every top-level module. It runs the code of the packages: use a machine where you may do that."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the paths, the target, the interpreter, the tests, the format and the options of an assessment."""
        parser.add_argument("path", nargs="+", metavar="PATH", help="a dependency file, or a directory with some")
        parser.add_argument("--target", required=True, metavar="TARGET", help=TARGET_HELP)
        parser.add_argument("--python", metavar="PATH", help="the interpreter; without it one is looked for")
        parser.add_argument(
            "--upload",
            metavar="URL",
            help="send the proof to a project's upload address, signed with the secret in WHEELWAY_SECRET",
        )
        parser.add_argument("--pytest", metavar="ARGS", help="also run the project's tests with these arguments")
        add_assessment_options(parser)
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the proof to standard output. Exit with 1 if anything failed, 2 if it cannot be tried here."""
        target = parse_target_option(options["target"])
        try:
            interpreter = find_interpreter(target, options["python"])
        except NoInterpreter as error:
            raise CommandError(f"{error}.", returncode=2) from error
        files = read_files(options["path"])
        # All of it is downloaded anyway, and what its files show to fail is not worth trying.
        reading = {**options, "read_wheels": True}
        assessment = assess(make_request(files, [target], options), files, reading, self._log)
        (result,) = assessment.evaluation.targets
        pins, unproven = planned_set(result, assessment.indexes)
        proof = prove(
            target.slug,
            interpreter,
            pins,
            index_addresses(files.parsed, options).urls,
            unproven=unproven,
            tests=split(options["pytest"]) if options["pytest"] is not None else None,
            project=_directory(options["path"][0]),
            log=self._log,
        )
        if options["upload"]:
            self._upload(options["upload"], proof)
        if options["format"] == "json":
            self.stdout.write(json.dumps(proof.to_json(), indent=2))
        else:
            self.stdout.write(proof_text(proof), ending="")
        if not proof.ran:
            sys.exit(1)

    def _upload(self, address: str, proof: Proof) -> None:
        secret = os.environ.get("WHEELWAY_SECRET", "")
        if not secret:
            raise CommandError("WHEELWAY_SECRET is not set: it signs the proof.", returncode=2)
        hook = address.removesuffix("upload/") + "proof/" if address.endswith("/upload/") else address
        try:
            upload_proof(hook, secret, sent_proof(proof))
        except ProofNotTaken as error:
            raise CommandError(f"{error}.", returncode=2) from error
        self._log("The proof was taken.")

    def _log(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)


def planned_set(result: TargetResult, indexes: IndexSet) -> tuple[dict[str, str], list[str]]:
    """Return the set to install, and the packages of it that have no wheel. Raises CommandError with status 2."""
    plan = result.plan
    if plan is not None and plan.feasible:
        files = {one.name: one.file for one in read_planned_set(indexes, plan.pins, parse_target(result.target)).files}
        wheels = {name: version for name, version in plan.pins.items() if files.get(name, "").endswith(".whl")}
        return wheels, sorted(plan.pins.keys() - wheels.keys())
    if result.verdict not in {ProjectVerdict.GO, ProjectVerdict.CONDITIONAL}:
        raise CommandError(f"{result.target} is {result.verdict.value}: there is no set to prove.", returncode=2)
    needed = [package for package in result.packages if package.is_needed and package.version is not None]
    pins = {
        str(package.name): package.installed_version or "" for package in needed if package.availability.installs_wheel
    }
    return pins, [package.name for package in needed if package.name not in pins]


def _directory(path: str) -> Path:
    found = Path(path).resolve()
    return found if found.is_dir() else found.parent
