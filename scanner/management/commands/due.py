"""`manage.py due`: what is polled next, when and why."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scanner.selectors_operator import next_polls, polling_health


class Command(BaseCommand):
    """Reads only."""

    help = "Show which packages are polled next, when, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many lines."""
        parser.add_argument("--limit", type=int, default=30, help="packages to show (default 30)")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        """One line a package, the longest due first, and a summary."""
        now = timezone.now()
        for line in next_polls(max(0, limit)):
            when = "now" if line.due_at <= now else f"{line.due_at:%Y-%m-%d %H:%M} UTC"
            doing = "  polled at this moment" if line.is_claimed else "  queued" if line.is_queued else ""
            self.stdout.write(f"{when:>20}  {line.name}  {line.reason}{doing}")
        health = polling_health(now)
        self.stdout.write(
            f"{health.due} due of {health.packages}, {health.ended} never polled again; "
            f"{health.queued} queued, {health.claimed} being polled"
        )
