"""Setting and ending watches."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from projects.domain.mail_choices import MailKind
from projects.models import Alert, IndexRole, Subscription
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.preferences import is_turned_off, turn_on_again
from projects.services.alerts.watches import (
    AlreadyInstallable,
    CannotWatch,
    PackageNotOnIndex,
    PackageNotRead,
    PackageNotUsed,
    find_by_token,
    follow,
    stop,
    stop_by_token,
    stop_token,
    watch,
)
from projects.services.indexes import add_index
from scanner.domain.targets.target import UnknownTarget
from scanner.models import Package, PackageState, WheelEvent
from scanner.services.settle_releases import settle_releases
from tests.projects.watching import (
    FITTING,
    NOON,
    OTHER,
    TARGET,
    person,
    polled,
    project_of,
    sdist,
    wheel,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocked_package() -> Package:
    return polled("greenlet", sdist("greenlet", "3.0.3"), wheel("greenlet", "3.0.3", OTHER))


def test_a_cell_is_watched_from_the_version_in_use_on(blocked_package: Package) -> None:
    alice = person()
    watching = watch(project_of(alice), alice, "Greenlet", TARGET, "3.0.3")
    assert (watching.package, watching.target, watching.above_version) == (blocked_package, TARGET, "3.0.3")
    assert watching.stopped_at is None


def test_watching_twice_is_one_watch(blocked_package: Package) -> None:
    alice = person()
    project = project_of(alice)
    assert watch(project, alice, "greenlet", TARGET, "3.0.3") == watch(project, alice, "greenlet", TARGET, "3.0.2")
    assert Subscription.objects.get().above_version == "3.0.3"


def test_a_stopped_watch_can_be_set_again(blocked_package: Package) -> None:
    alice = person()
    project = project_of(alice)
    first = watch(project, alice, "greenlet", TARGET)
    assert stop(first.pk, alice, NOON)
    assert watch(project, alice, "greenlet", TARGET) != first


def test_two_people_watch_the_same_cell_apart(blocked_package: Package) -> None:
    alice, bob = person("alice"), person("bob")
    project = project_of(alice, bob)
    assert watch(project, alice, "greenlet", TARGET) != watch(project, bob, "greenlet", TARGET)


def test_an_unreadable_version_in_use_means_every_version(blocked_package: Package) -> None:
    alice = person()
    assert watch(project_of(alice), alice, "greenlet", TARGET, "whatever").above_version == ""


def test_what_installs_already_is_not_waited_for() -> None:
    alice = person()
    polled("greenlet", sdist("greenlet", "3.0.3"), wheel("greenlet", "3.1.0"))
    with pytest.raises(AlreadyInstallable) as caught:
        watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")
    assert str(caught.value) == (
        "There is nothing to wait for: greenlet 3.1.0 already has a wheel for Python 3.13 on Windows x64 "
        "(greenlet-3.1.0-cp313-cp313-win_amd64.whl)."
    )


@pytest.mark.parametrize("version", ["3.0.2", "3.1.0rc1"])
def test_an_older_version_or_a_prerelease_leaves_something_to_wait_for(version: str) -> None:
    alice = person()
    polled("greenlet", sdist("greenlet", "3.0.3"), wheel("greenlet", version))
    assert watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3").pk


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (PackageState.PENDING, PackageNotRead),
        (PackageState.MISSING, PackageNotOnIndex),
        (PackageState.MALFORMED, PackageNotOnIndex),
    ],
)
def test_a_package_without_a_page_cannot_be_watched(
    blocked_package: Package, state: PackageState, error: type[CannotWatch]
) -> None:
    Package.objects.update(state=state)
    alice = person()
    with pytest.raises(error, match="greenlet"):
        watch(project_of(alice), alice, "greenlet", TARGET)


def test_a_package_that_nobody_uses_cannot_be_watched() -> None:
    alice = person()
    with pytest.raises(PackageNotUsed, match="no-such-thing"):
        watch(project_of(alice), alice, "No.Such_Thing", TARGET)


def test_a_target_that_does_not_exist_cannot_be_watched(blocked_package: Package) -> None:
    alice = person()
    with pytest.raises(UnknownTarget):
        watch(project_of(alice), alice, "greenlet", "cp313-amiga")


def test_only_the_owner_stops_a_watch_and_the_first_time_counts(blocked_package: Package) -> None:
    alice, carol = person("alice"), person("carol")
    watching = watch(project_of(alice), alice, "greenlet", TARGET)
    assert not stop(watching.pk, carol, NOON)
    assert stop(watching.pk, alice, NOON)
    assert stop(watching.pk, alice, NOON + timedelta(days=1))
    assert Subscription.objects.get().stopped_at == NOON


def test_the_token_of_a_watch_stops_it_and_repeating_is_harmless(blocked_package: Package) -> None:
    alice = person()
    token = stop_token(watch(project_of(alice), alice, "greenlet", TARGET))
    for moment in (NOON, NOON + timedelta(days=1)):
        stopped = stop_by_token(token, moment)
        assert stopped is not None
        assert stopped.has_ended
    assert Subscription.objects.get().stopped_at == NOON


def test_the_token_of_a_kind_turns_off_this_kind_of_this_project_alone(blocked_package: Package) -> None:
    alice = person()
    follows = [follow(project_of(alice, name=name), alice) for name in ("one", "two")]
    token = stop_token(follows[0], MailKind.PUSH)
    for _ in range(2):
        link = stop_by_token(token, NOON)
        assert link is not None
        assert (link.kind, link.has_ended) == (MailKind.PUSH, True)
    assert Subscription.objects.active().count() == 2
    assert [is_turned_off(one, MailKind.PUSH) for one in follows] == [True, False]
    assert not is_turned_off(follows[0], MailKind.CAP)
    assert stop_by_token(token.replace("push", "cap"), NOON) is None
    turn_on_again(follows[0])
    assert not is_turned_off(follows[0], MailKind.PUSH)


def test_a_token_is_bound_to_its_watch_and_its_recipient(blocked_package: Package) -> None:
    alice, bob = person("alice"), person("bob")
    project = project_of(alice, bob)
    hers, his = watch(project, alice, "greenlet", TARGET), watch(project, bob, "greenlet", TARGET)
    signature = stop_token(hers).partition("-")[2]
    assert stop_by_token(f"{his.pk}-{signature}", NOON) is None
    token = stop_token(hers)
    alice.email = "somebody.else@team.example"
    alice.save(update_fields=["email"])
    assert find_by_token(token) is None
    assert Subscription.objects.active().count() == 2


def test_a_token_dies_with_its_watch_and_outlives_a_change_of_key(blocked_package: Package, settings: Settings) -> None:
    alice = person()
    watching = watch(project_of(alice), alice, "greenlet", TARGET)
    token = stop_token(watching)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-for-everything-that-is-signed-from-now-on"
    link = find_by_token(token)
    assert link is not None
    assert (link.subscription, link.kind, link.has_ended) == (watching, None, False)
    assert stop_token(watching) != token
    watching.delete()
    assert find_by_token(token) is None


@given(st.text(max_size=120) | st.from_regex(r"[1-9][0-9]{0,30}-[A-Za-z0-9_-]{20,60}", fullmatch=True))
def test_no_made_up_token_stops_anything(token: str) -> None:
    assert stop_by_token(token, NOON) is None


def test_each_character_of_a_token_counts(blocked_package: Package) -> None:
    alice = person()
    token = stop_token(watch(project_of(alice), alice, "greenlet", TARGET))
    # The last character of base64 text holds two bits that mean nothing, so it is compared as text too.
    changed = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token))]
    assert [
        text for text in [*changed, token[:-1], token + "A", token + "\n", " " + token] if find_by_token(text)
    ] == []


def test_a_watch_covers_every_index_of_its_project_and_brings_one_message() -> None:
    alice = person()
    polled("greenlet", sdist("greenlet", "3.0.3"))
    project = project_of(alice)
    private = add_index(project, "https://private.example/simple", IndexRole.EXTRA).index
    twin = polled("greenlet", sdist("greenlet", "3.0.3"), index=private)
    watching = watch(project, alice, "greenlet", TARGET, "3.0.3")
    dispatch_events(NOON)
    assert set(Package.objects.filter(is_watched=True).values_list("index_id", flat=True)) == {
        private.pk,
        watching.package.index_id if watching.package else None,
    }
    # The wheel comes on the private index first, and on the public one a day later.
    polled("greenlet", sdist("greenlet", "3.0.3"), wheel("greenlet", "3.1.0"), index=private)
    dispatch_events(NOON + timedelta(hours=1))
    polled("greenlet", sdist("greenlet", "3.0.3"), wheel("greenlet", "3.1.0"), wheel("greenlet", "3.2.0"))
    dispatch_events(NOON + timedelta(days=1))
    assert [(alert.subscription, alert.version) for alert in Alert.objects.all()] == [(watching, "3.1.0")]
    assert twin.pk != watching.package_id


def test_a_wheel_on_another_index_of_the_project_is_nothing_to_wait_for() -> None:
    alice = person()
    polled("greenlet", sdist("greenlet", "3.0.3"))
    project, other = project_of(alice), project_of(alice, name="other")
    private = add_index(project, "https://private.example/simple", IndexRole.EXTRA).index
    polled("greenlet", wheel("greenlet", "3.0.3"), index=private)
    with pytest.raises(AlreadyInstallable):
        watch(project, alice, "greenlet", TARGET, "3.0.3")
    # What one project's index has is nothing to another one.
    watch(other, alice, "greenlet", TARGET, "3.0.3")


def test_a_release_of_many_files_that_come_one_by_one_is_one_message_of_a_watch() -> None:
    alice = person()
    polled("greenlet", sdist("greenlet", "3.0.3"))
    watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")
    files = [sdist("greenlet", "3.0.3")]
    for number, tags in enumerate((FITTING, OTHER, "cp313-cp313-win32", "cp314-cp314-win_amd64")):
        now = NOON + timedelta(minutes=40 * number)
        files.append(wheel("greenlet", "3.1.0", tags, at=now))
        polled("greenlet", *files, seen_at=now)
        settle_releases(now + timedelta(minutes=35))
        dispatch_events(now + timedelta(minutes=35))
    assert Alert.objects.count() == 1
    assert set(WheelEvent.objects.filter(processed_at=None).values_list("kind", flat=True)) == set()
