"""`manage.py due`: what is polled next, when and why."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scanner.selectors.operator import LATELY, next_polls, polling_health


class Command(BaseCommand):
    """Reads only."""

    help = "Show which packages are polled next, when, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many lines."""
        parser.add_argument("--limit", type=int, default=30, help="packages to show (default 30)")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        """One line a package, the longest due first, and a summary."""
        now = timezone.now()
        for line in next_polls(max(0, limit), now):
            if line.due_at is None:
                # They come last.
                break
            when = "now" if line.due_at <= now else f"{line.due_at:%Y-%m-%d %H:%M} UTC"
            doing = "  polled at this moment" if line.is_claimed else "  queued" if line.is_queued else ""
            self.stdout.write(f"{when:>20}  {line.name}  {line.reason}{doing}")
        health = polling_health(now)
        self.stdout.write(
            f"{health.due} due of {health.packages}, {health.ended} never polled again; "
            f"{health.queued} queued, {health.claimed} being polled"
        )
        if health.never_answered:
            done, lately = health.packages - health.never_answered, health.answered_lately
            words = f"{done} of {health.packages} have been asked about once or more"
            if lately:
                left = LATELY * (health.never_answered / lately)
                words += (
                    f"; {lately} in the last {LATELY}, so about {timedelta(seconds=round(left.total_seconds()))} left"
                )
            self.stdout.write(words)
