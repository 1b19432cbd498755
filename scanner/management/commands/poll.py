"""`manage.py poll NAME…`: poll packages now, due or not, and print the results."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from packaging.utils import InvalidName, canonicalize_name

from scanner.management.progress import Progress
from scanner.models import Package
from scanner.services.indexes import InvalidPipConfiguration, client_of, get_index
from scanner.services.packages import ensure_packages
from scanner.services.polling import stats
from scanner.services.polling.poll import poll_many
from scanner.services.polling.results import PollResult


class Command(BaseCommand):
    """A command that exits with 1 if a package could not be polled."""

    help = "Poll packages now, due or not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the names."""
        parser.add_argument(
            "names",
            nargs="+",
            metavar="NAME",
            help="package name; - reads names from standard input",
        )

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        """Print a line for each package, as polls end, and the progress on standard error."""
        if "-" in names:
            names = [*(name for name in names if name != "-"), *sys.stdin.read().split()]
        try:
            wanted = {str(canonicalize_name(name, validate=True)) for name in names}
            index = get_index()
            client = client_of(index)
        except (InvalidName, InvalidPipConfiguration, ValueError) as error:
            raise CommandError(str(error)) from error
        now = timezone.now()
        packages = {package.pk: package.name for package in ensure_packages(index.pk, wanted, now).values()}
        failed = []
        progress = Progress(len(packages), sys.stderr)

        def report(package_id: int, result: PollResult) -> None:
            package = Package.objects.get(pk=package_id)
            if result in (PollResult.FAILED, PollResult.THROTTLED):
                failed.append(package.name)
            next_poll = f"next {package.due_at:%Y-%m-%d %H:%M} UTC" if package.due_at else "no next poll"
            reason = package.last_error or package.due_reason
            line = f"{package.name}  {result.value}  {next_poll}  ({reason})"
            if sys.stdout.isatty() and sys.stderr.isatty():
                # Overwrite the progress, which is on the last line of the same terminal.
                line = f"\r\x1b[K{line}"
            self.stdout.write(line)
            progress.done(package.name)

        poll_many(packages, client, now, on_polled=report, workers=settings.WHEELWAY_INDEX_CONNECTIONS)
        stats.flush()
        if failed:
            raise CommandError(f"could not be polled: {', '.join(sorted(failed))}", returncode=1)
