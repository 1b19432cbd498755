"""Watches of whole targets: one message whenever a blocker falls, with what remains, and the last when none is left."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from projects.domain.watches import target_progress
from projects.models import Alert, Project, Subscription
from projects.presentation.target_standing import TargetStanding
from projects.selectors import target_standing
from projects.services.alerts.watches import CannotWatch
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext


class NotATarget(CannotWatch):
    """The project has no such target."""

    def __str__(self) -> str:
        return gettext(
            "{name} is not a target of this project, so nothing is known about it. Add it to the targets."
        ).format(name=self.name)


class NothingBlocks(CannotWatch):
    """The project can move to the target already."""

    def __str__(self) -> str:
        return gettext("There is nothing to wait for: no package blocks {name}.").format(name=self.name)


def watch_target(project: Project, user: User, target: str) -> Subscription:
    """Return the user's active watch of a target of the project, creating it if there is none.

    Repeating is harmless. The caller has checked that the user may see the project. Raises UnknownTarget, and
    CannotWatch where there is nothing to wait for.
    """
    parsed = parse_target(target)
    standing = target_standing(project, parsed.slug)
    if standing is None:
        raise NotATarget(parsed.label)
    if standing.is_clear:
        raise NothingBlocks(parsed.label)
    known = list(standing.blockers) if standing.is_judged else None
    subscription, _ = Subscription.objects.target_watches().get_or_create(
        user_id=user.pk,
        project=project,
        package=None,
        target=parsed.slug,
        stopped_at__isnull=True,
        defaults={"reported": known},
    )
    return subscription


def report_targets() -> int:
    """Create the alerts of watched targets that lost a blocker since the last report. Return how many.

    May run concurrently: the alert and what it reports are stored together, under the lock of the watch.
    """
    watches = Subscription.objects.active().target_watches().select_related("project").order_by("pk")
    # The lock is the write lock of SQLite, so it is taken only where something changed.
    return sum(_report(watch.pk) for watch in list(watches) if _has_changed(watch, _judged(watch)))


def _report(watch_id: int) -> bool:
    with transaction.atomic():
        active = Subscription.objects.active().filter(pk=watch_id).select_for_update(of=("self",))
        watch = active.select_related("project").first()
        standing = _judged(watch) if watch is not None else None
        if watch is None or standing is None or not _has_changed(watch, standing):
            return False
        progress = target_progress(
            watch.reported or (), standing.blockers, standing.verdict, reported_clear=watch.reported_clear
        )
        watch.reported, watch.reported_clear = list(standing.blockers), standing.is_clear
        watch.save(update_fields=["reported", "reported_clear"])
        if progress is None:
            return False
        Alert.objects.create(subscription=watch, fell=list(progress.fell), is_clear=progress.is_clear)
        return True


def _judged(watch: Subscription) -> TargetStanding | None:
    """Return where the watched target stands; None while it is not known, and when the project lost the target."""
    standing = target_standing(watch.project, watch.target)
    return standing if standing is not None and standing.is_judged else None


def _has_changed(watch: Subscription, standing: TargetStanding | None) -> bool:
    """Return whether the target stands otherwise than in the last report."""
    if standing is None:
        return False
    return (watch.reported, watch.reported_clear) != (list(standing.blockers), standing.is_clear)
