"""`manage.py due`: which packages are polled next, when and why."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scanner.domain.health import RATE_SPAN
from scanner.domain.phrases import agree, count
from scanner.selectors.operator import polling_health, scheduled_polls


class Command(BaseCommand):
    """A list that only reads the database."""

    help = "Show which packages are polled next, when, and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --limit."""
        parser.add_argument("--limit", type=int, default=30, help="packages to show (default 30)")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        """Print a line for each package, the longest due first, and a summary."""
        now = timezone.now()
        for line in scheduled_polls(max(0, limit), now):
            if line.due_at is None:
                # These are sorted last.
                break
            when = "now" if line.due_at <= now else f"{line.due_at:%Y-%m-%d %H:%M} UTC"
            doing = "  being polled" if line.is_claimed else "  queued" if line.is_queued else ""
            self.stdout.write(f"{when:>20}  {line.name}  {line.reason}{doing}")
        health = polling_health(now)
        self.stdout.write(
            f"{health.due} of {count(health.packages, 'package')} {agree(health.due, 'is', 'are')} due, "
            f"{health.ended} {agree(health.ended, 'is', 'are')} not polled again; "
            f"{health.queued} queued, {health.claimed} being polled"
        )
        if health.never_answered:
            done, lately = health.packages - health.never_answered, health.answered_lately
            text = (
                f"{done} of {count(health.packages, 'package')} {agree(done, 'has', 'have')} been polled at least once"
            )
            if lately:
                left = timedelta(seconds=round((RATE_SPAN * (health.never_answered / lately)).total_seconds()))
                text += f"; {lately} in the last {RATE_SPAN}, so about {left} left"
            self.stdout.write(text)
