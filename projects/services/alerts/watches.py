"""Watch a cell or follow a project, and end either: as its owner, or by the stop link of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.cadence import Cadence
from projects.domain.mail_choices import MailKind
from projects.domain.watches import first_match, parse_version, watch_criteria
from projects.emails import to_one_line
from projects.models import Project, Subscription
from projects.services.alerts.preferences import is_turned_off, turn_off
from projects.services.indexes import index_ids, index_ids_of
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext
from scanner.selectors.releases import find_packages, package_keys, release_facts

_TOKEN = re.compile(
    r"(?P<pk>[1-9][0-9]{0,17})(?:\.(?P<kind>[a-z]{1,10}))?-(?P<signature>[A-Za-z0-9_-]{20,100})", re.ASCII
)
_SALT = "projects.watches.stop"


class CannotWatch(Exception):
    """A cell that cannot be watched. The message says why and names the package."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class PackageNotUsed(CannotWatch):
    """No project uses a package of this name, so the index is not polled for it."""

    def __str__(self) -> str:
        return gettext("No project uses a package named {name}, so Wheelway does not poll the index for it.").format(
            name=self.name
        )


class PackageNotRead(CannotWatch):
    """The index has not answered for the package yet."""

    def __str__(self) -> str:
        return gettext("{name} has not been read from the index yet. Try again in a minute.").format(name=self.name)


class PackageNotOnIndex(CannotWatch):
    """The index has no such package. Its first poll would write no release events, so a watch could miss its wheel."""

    def __str__(self) -> str:
        return gettext(
            "The index has no package named {name}, so there is no wheel to wait for. Check the name."
        ).format(name=self.name)


class AlreadyInstallable(CannotWatch):
    """The cell installs from a wheel already."""

    def __init__(self, name: str, version: str, target: str, filename: str) -> None:
        super().__init__(name)
        self.version = version
        self.target = target
        self.filename = filename

    def __str__(self) -> str:
        return gettext(
            "There is nothing to wait for: {name} {version} already has a wheel for {target} ({filename})."
        ).format(name=self.name, version=self.version, target=self.target, filename=self.filename)


def watch(project: Project, user: User, package: str, target: str, above_version: str = "") -> Subscription:
    """Return the user's active watch on a cell, creating it if there is none. Repeating is harmless.

    `above_version` is the version in use: it and later versions count ("" for all). The caller has checked that the
    user may see the project. Raises UnknownTarget and CannotWatch.
    """
    parsed = parse_target(target)
    known = find_packages(package, index_ids(project))
    if not known:
        raise PackageNotUsed(to_one_line(canonicalize_name(package))[:100])
    name = known[0].name
    active = Subscription.objects.active().filter(
        user_id=user.pk, project=project, package__name=name, target=parsed.slug
    )
    if (existing := active.first()) is not None:
        return existing
    current = [one for one in known if one.state == "current"]
    if not current:
        raise PackageNotRead(name) if any(one.state == "pending" for one in known) else PackageNotOnIndex(name)
    in_use = parse_version(above_version)
    above = str(in_use) if in_use is not None else ""
    releases = release_facts([one.pk for one in current])
    found = first_match(watch_criteria(parsed, above, releases, prereleases=project.prereleases), releases)
    if found is not None:
        raise AlreadyInstallable(name, found.version, parsed.label, found.cell.file or "")
    # Of two calls at once the constraint subscription_active_once lets one create; the other gets its row.
    subscription, _ = Subscription.objects.get_or_create(
        user_id=user.pk,
        project=project,
        package_id=current[0].pk,
        target=parsed.slug,
        stopped_at__isnull=True,
        defaults={"above_version": above},
    )
    return subscription


def follow(project: Project, user: User, cadence: Cadence | None = None, zone: str = "") -> Subscription:
    """Return the user's active subscription to a project, creating it if there is none, with the cadence if given.

    Digests hold only notes written after it began. The caller has checked that the user may see the project.
    """
    subscription, _ = Subscription.objects.follows().get_or_create(
        user_id=user.pk, project=project, package=None, stopped_at__isnull=True
    )
    if cadence is not None and (subscription.cadence, subscription.zone) != (cadence, zone):
        subscription.cadence, subscription.zone = cadence, zone
        subscription.save(update_fields=["cadence", "zone"])
    return subscription


def unfollow(project: Project, user: User, now: datetime) -> bool:
    """End the user's subscription to a project. Return False if there was none; repeating is harmless."""
    follows = Subscription.objects.active().follows().filter(project=project, user_id=user.pk)
    return follows.update(stopped_at=now) == 1


def packages_of(watches: Iterable[Subscription]) -> dict[int, tuple[int, ...]]:
    """Return the packages of each watch: its name on every index of its project. Reads the packages. Three queries."""
    named = {watch.pk: (watch.project_id, watch.package_name) for watch in watches}
    indexes = index_ids_of({project for project, _ in named.values()})
    asked = {index for ids in indexes.values() for index in ids}
    keys = package_keys(asked, {name for _, name in named.values()})
    return {
        pk: tuple(keys[index, name] for index in indexes[project] if (index, name) in keys)
        for pk, (project, name) in named.items()
    }


def stop(subscription_id: int, user: User, now: datetime | None = None) -> bool:
    """End one of the user's own subscriptions. Return False if the user has none such; repeating is harmless."""
    own = Subscription.objects.filter(pk=subscription_id, user_id=user.pk)
    active = Subscription.objects.active().filter(pk=subscription_id, user_id=user.pk)
    return active.update(stopped_at=now or timezone.now()) == 1 or own.exists()


def stop_token(subscription: Subscription, kind: MailKind | None = None) -> str:
    """Return the signed token of the stop link, for this subscription and this recipient only. Reads the user.

    With a kind it turns off only the messages of this kind, of a follow.
    """
    signature = Signer(salt=_SALT).signature(_signed(subscription, kind))
    return f"{subscription.pk}{f'.{kind.value}' if kind else ''}-{signature}"


def stop_path(subscription: Subscription, kind: MailKind | None = None) -> str:
    """Return the path of the stop link."""
    return reverse("watch-stop", args=[stop_token(subscription, kind)])


class StopLink(Struct, frozen=True):
    """What a stop link ends: the subscription, or only one kind of its messages; `has_ended`: it has already."""

    subscription: Subscription
    kind: MailKind | None
    has_ended: bool


def find_by_token(token: str) -> StopLink | None:
    """Return what a stop link ends, with user, project and package. None if the signature does not match.

    A link stays valid after it was used, and becomes invalid when the recipient's address changes.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    subscriptions = Subscription.objects.select_related("user", "project", "package")
    subscription = subscriptions.filter(pk=int(match["pk"])).first()
    if subscription is None or (match["kind"] and match["kind"] not in list(MailKind)):
        return None
    kind = MailKind(match["kind"]) if match["kind"] else None
    try:
        Signer(salt=_SALT).unsign(f"{_signed(subscription, kind)}:{match['signature']}")
    except BadSignature:
        return None
    is_off = kind is not None and is_turned_off(subscription, kind)
    return StopLink(subscription, kind, is_off or subscription.stopped_at is not None)


def stop_by_token(token: str, now: datetime) -> StopLink | None:
    """End what a stop link ends. Return None for a forged token. Repeating is harmless."""
    link = find_by_token(token)
    if link is None or link.has_ended:
        return link
    if link.kind is not None:
        turn_off(link.subscription, link.kind)
    else:
        Subscription.objects.active().filter(pk=link.subscription.pk).update(stopped_at=now)
    return replace(link, has_ended=True)


def _signed(subscription: Subscription, kind: MailKind | None) -> str:
    signed = f"{subscription.pk}:{subscription.user_id}:{subscription.user.email.strip().lower()}"
    return f"{signed}:{kind.value}" if kind else signed
