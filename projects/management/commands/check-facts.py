"""`manage.py check-facts [PACKAGE…]`: see whether the known breaks happen, on the interpreters of this machine."""
# ruff: noqa: N999  the name of the file is that of the command

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from packaging.utils import canonicalize_name

from projects.domain.fact_check import CheckOutcome, happens_on
from projects.presentation.formats.fact_check_text import fact_check_text
from projects.services.proving.check_facts import check_fact
from projects.services.proving.interpreters import interpreters_at_hand
from scanner.domain.evidence.known_breaks import KnownBreak
from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.selectors.known_breaks import recorded_breaks
from scanner.services.indexes import InvalidPipConfiguration, configured_extra_urls, configured_index_url


class Command(BaseCommand):
    """The command: installs what each entry names in a throw-away environment, and does what is said to fail."""

    help = (
        "Install the releases that each known break names in a throw-away environment on this machine, from wheels "
        "only, and do what is said to fail. It runs the code of the packages: use a machine where you may do that."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the packages and the index."""
        parser.add_argument("package", nargs="*", metavar="PACKAGE", help="check only the entries about it")
        parser.add_argument("--index-url", metavar="URL", help="install from this index")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write a line for each entry. Exit with 1 if an entry is wrong, 2 if there is none or it cannot be read."""
        names = {canonicalize_name(name) for name in options["package"]}
        try:
            facts = [fact for fact in recorded_breaks().facts if not names or fact.package in names]
            index = [options["index_url"] or configured_index_url(), *configured_extra_urls()]
        except (InvalidKnownBreaks, InvalidPipConfiguration) as error:
            raise CommandError(f"{error}.", returncode=2) from error
        if not facts:
            raise CommandError("No known break is about these packages.", returncode=2)
        interpreters = interpreters_at_hand(one for one in sorted(PYTHON_BRANCHES) if _is_any_about(facts, one))
        counts: Counter[CheckOutcome] = Counter()
        for fact in facts:
            check = check_fact(fact, interpreters, index)
            counts[check.outcome] += 1
            self.stdout.write(fact_check_text(check))
            self.stdout.flush()
        self.stdout.write(", ".join(f"{number} {outcome.value}" for outcome, number in sorted(counts.items())))
        if any(outcome.is_wrong for outcome in counts):
            sys.exit(1)


def _is_any_about(facts: Iterable[KnownBreak], python: tuple[int, int]) -> bool:
    return any(happens_on(fact, python, free_threaded=True) for fact in facts)
