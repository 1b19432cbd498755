"""Watch a cell or follow a project, and end either: by its owner, or by the link in a message without signing in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from packaging.utils import canonicalize_name

from projects.domain.watches import first_served, parse_version, wanted
from projects.emails import one_line
from projects.models import Alert, AlertState, Project, Subscription
from projects.services.indexes import index_ids, index_ids_of
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.selectors.releases import find_packages, package_keys, release_facts

_TOKEN = re.compile(r"(?P<pk>[1-9][0-9]{0,17})-(?P<signature>[A-Za-z0-9_-]{20,100})", re.ASCII)
_SALT = "projects.watches.stop"


class CannotWatch(Exception):
    """Why a cell cannot be watched."""


class UnknownPackage(CannotWatch):
    """No project here uses a package of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"No project here uses a package called {self.name}, so it is not read from the index."


class NotReadYet(CannotWatch):
    """The index has not answered for the package, so nobody knows whether there is anything to wait for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} has not been read from the index yet. Try again in a minute."


class NotOnIndex(CannotWatch):
    """The index has no such package. Its first appearance would be no news to anybody who polls it from then on."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"The index has no package called {self.name}, so no wheel of it can be waited for."


class NothingToWaitFor(CannotWatch):
    """The cell installs from a wheel already."""

    def __init__(self, name: str, version: str, target: str, filename: str) -> None:
        super().__init__(name, version, target, filename)
        self.name = name
        self.version = version
        self.target = target
        self.filename = filename

    def __str__(self) -> str:
        return (
            f"There is nothing to wait for: {self.name} {self.version} has a wheel for {self.target} "
            f"already ({self.filename})."
        )


class WatchState(models.TextChoices):
    """How a watch stands. Satisfied: its message went out, which ended it."""

    ACTIVE = "active", "waiting"
    SATISFIED = "satisfied", "done, message sent"
    STOPPED = "stopped", "stopped"


def watch(project: Project, user: User, package: str, target: str, above_version: str = "") -> Subscription:
    """The user's active watch on a cell, made where there is none; a second call changes nothing.

    `above_version` is the version in use: it and later ones count ("" for all). The caller has checked that the user
    may see the project. Raises UnknownTarget, or a CannotWatch that says why.
    """
    place = parse_target(target)
    known = find_packages(package, index_ids(project))
    if not known:
        raise UnknownPackage(one_line(canonicalize_name(package))[:100])
    name = known[0].name
    active = Subscription.objects.active().filter(
        user_id=user.pk, project=project, package__name=name, target=place.slug
    )
    if (existing := active.first()) is not None:
        return existing
    current = [one for one in known if one.state == "current"]
    if not current:
        raise NotReadYet(name) if any(one.state == "pending" for one in known) else NotOnIndex(name)
    in_use = parse_version(above_version)
    above = str(in_use) if in_use is not None else ""
    releases = release_facts([one.pk for one in current])
    found = first_served(wanted(place, above, releases, prereleases=project.prereleases), releases)
    if found is not None:
        raise NothingToWaitFor(name, found.version, place.label, found.cell.file or "")
    # Of two calls at once the constraint subscription_active_once lets one create; the other gets its row.
    subscription, _ = Subscription.objects.get_or_create(
        user_id=user.pk,
        project=project,
        package_id=current[0].pk,
        target=place.slug,
        stopped_at__isnull=True,
        defaults={"above_version": above},
    )
    return subscription


def follow(project: Project, user: User) -> Subscription:
    """The user's active subscription to a project, made where there is none. The caller has checked that they see it.

    Only what happens from now on is told.
    """
    subscription, _ = Subscription.objects.follows().get_or_create(
        user_id=user.pk, project=project, package=None, stopped_at__isnull=True
    )
    return subscription


def unfollow(project: Project, user: User, now: datetime) -> bool:
    """End it. False when there was none; repeating is harmless."""
    mine = Subscription.objects.active().follows().filter(project=project, user_id=user.pk)
    return mine.update(stopped_at=now) == 1


def packages_of(watches: Iterable[Subscription]) -> dict[int, tuple[int, ...]]:
    """The packages behind each watch: its name on every index of its project. Reads the packages. Three queries."""
    named = {watch.pk: (watch.project_id, watch.package_name) for watch in watches}
    indexes = index_ids_of({project for project, _ in named.values()})
    keys = package_keys({index for its in indexes.values() for index in its}, {name for _, name in named.values()})
    return {
        pk: tuple(keys[index, name] for index in indexes[project] if (index, name) in keys)
        for pk, (project, name) in named.items()
    }


def stop(subscription_id: int, user: User, now: datetime | None = None) -> bool:
    """End one of the user's own subscriptions. False when there is no such active one; repeating is harmless."""
    mine = Subscription.objects.active().filter(pk=subscription_id, user_id=user.pk)
    return mine.update(stopped_at=now or timezone.now()) == 1


def stop_token(subscription: Subscription) -> str:
    """The secret of the stop link: signed, for this subscription and this recipient only. Reads its user."""
    signature = Signer(salt=_SALT).signature(_signed(subscription))
    return f"{subscription.pk}-{signature}"


def stop_path(subscription: Subscription) -> str:
    """The path of the stop link."""
    return reverse("watch-stop", args=[stop_token(subscription)])


def find_by_token(token: str) -> Subscription | None:
    """The subscription that a stop link is for, with user, project and package; None for a token that is not ours.

    A link stays good when the subscription has ended. It dies when the recipient's address changes.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    watches = Subscription.objects.select_related("user", "project", "package")
    subscription = watches.filter(pk=int(match["pk"])).first()
    if subscription is None:
        return None
    try:
        Signer(salt=_SALT).unsign(f"{_signed(subscription)}:{match['signature']}")
    except BadSignature:
        return None
    return subscription


def stop_by_token(token: str, now: datetime) -> Subscription | None:
    """End the subscription of a stop link. None, with nothing changed, for a forged token; repeating is harmless."""
    subscription = find_by_token(token)
    if subscription is not None and Subscription.objects.active().filter(pk=subscription.pk).update(stopped_at=now):
        subscription.stopped_at = now
    return subscription


def state_of(subscription: Subscription, alerts: list[Alert]) -> WatchState:
    """How the watch stands, given its messages."""
    if any(alert.state == AlertState.SENT for alert in alerts):
        return WatchState.SATISFIED
    return WatchState.ACTIVE if subscription.stopped_at is None else WatchState.STOPPED


def label_of(subscription: Subscription) -> str:
    """The target in words; its slug when this version knows no such target any more."""
    try:
        return parse_target(subscription.target).label
    except UnknownTarget:
        return subscription.target


def _signed(subscription: Subscription) -> str:
    return f"{subscription.pk}:{subscription.user_id}:{subscription.user.email.strip().lower()}"
