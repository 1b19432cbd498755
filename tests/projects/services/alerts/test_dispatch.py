"""Matching events to watches: which of them lead to an alert."""

from datetime import timedelta

import pytest

from projects.models import Alert, AlertState, Project, Subscription
from projects.services.alerts import dispatch as alerts
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.watches import stop, watch
from scanner.domain.index_page.page import IndexFile
from scanner.models import Package, WheelEvent
from tests.projects.watching import (
    HOUR,
    LATER,
    NEW,
    NOON,
    OLD,
    OTHER,
    TARGET,
    die,
    person,
    polled,
    project_of,
    sdist,
    wheel,
)


@pytest.fixture
def watching(db: None) -> Subscription:
    """Alice waits for greenlet, which has been polled once."""
    alice = person()
    polled("greenlet", OLD)
    return watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")


def test_a_wheel_for_a_watched_cell_leads_to_one_alert_with_its_proof(watching: Subscription) -> None:
    polled("greenlet", OLD, *NEW)
    assert dispatch_events(LATER) == [Alert.objects.get().pk]
    alert = Alert.objects.get()
    assert (alert.subscription, alert.version, alert.state) == (watching, "3.1.0", AlertState.QUEUED)
    assert alert.filename == "greenlet-3.1.0-cp313-cp313-win_amd64.whl"
    assert alert.tag == "cp313-cp313-win_amd64"
    assert alert.uploaded_at == NOON


def test_an_alert_that_is_not_sent_yet_is_named_again(watching: Subscription) -> None:
    polled("greenlet", OLD, *NEW)
    first = dispatch_events(LATER)
    assert dispatch_events(LATER) == first
    assert Alert.objects.count() == 1


def test_a_first_poll_mails_nobody(db: None) -> None:
    alice = person()
    package = Package.objects.create(index=polled("other").index, name="greenlet", state="current")
    Subscription.objects.create(user=alice, project=project_of(alice), package=package, target=TARGET)
    polled("greenlet", *NEW)
    assert dispatch_events(LATER) == []


@pytest.mark.parametrize(
    "files",
    [
        [wheel("greenlet", "3.1.0", OTHER)],
        [sdist("greenlet", "3.1.0")],
        [wheel("greenlet", "3.1.0", yanked=True)],
        [wheel("greenlet", "3.1.0rc1")],
        [wheel("greenlet", "3.0.2")],
    ],
    ids=["another Python", "an sdist", "a yanked wheel", "a pre-release", "an older version"],
)
def test_what_leads_to_no_alert(watching: Subscription, files: list[IndexFile]) -> None:
    polled("greenlet", OLD, *files)
    assert dispatch_events(LATER) == []
    assert not WheelEvent.objects.unprocessed().exists()


def test_a_prerelease_counts_when_the_project_takes_them(watching: Subscription) -> None:
    Project.objects.update(prereleases=True)
    polled("greenlet", OLD, wheel("greenlet", "3.1.0rc1"))
    assert len(dispatch_events(LATER)) == 1


def test_a_stopped_watch_gets_no_alert(watching: Subscription) -> None:
    stop(watching.pk, watching.user, NOON)
    polled("greenlet", OLD, *NEW)
    assert dispatch_events(LATER) == []


def test_wheels_that_come_one_by_one_are_one_alert(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    polled("greenlet", OLD, *NEW, seen_at=LATER)
    more = wheel("greenlet", "3.1.1", at=LATER)
    polled("greenlet", OLD, *NEW, more, seen_at=LATER + HOUR)
    dispatch_events(LATER + timedelta(days=1))
    assert [alert.version for alert in Alert.objects.all()] == ["3.1.0"]


def test_a_yank_taken_back_leads_to_an_alert(watching: Subscription) -> None:
    polled("greenlet", OLD, wheel("greenlet", "3.1.0", yanked=True))
    assert dispatch_events(LATER) == []
    polled("greenlet", OLD, wheel("greenlet", "3.1.0"), seen_at=LATER)
    assert len(dispatch_events(LATER + HOUR)) == 1


def test_everybody_who_watches_the_cell_gets_an_alert(watching: Subscription) -> None:
    bob = person("bob")
    watch(project_of(bob, name="another"), bob, "greenlet", TARGET)
    polled("greenlet", OLD, *NEW)
    assert len(dispatch_events(LATER)) == 2


def test_a_watch_of_an_unknown_target_does_not_hold_up_the_others(watching: Subscription) -> None:
    Subscription.objects.create(
        user=watching.user, project=watching.project, package=watching.package, target="cp313-amiga"
    )
    polled("greenlet", OLD, *NEW)
    assert len(dispatch_events(LATER)) == 1


def test_events_of_packages_that_nobody_watches_are_closed(watching: Subscription) -> None:
    polled("other")
    polled("other", wheel("other", "1.0"))
    dispatch_events(NOON)
    assert not WheelEvent.objects.unprocessed().filter(package__name="other").exists()
    assert WheelEvent.objects.unprocessed().filter(package__name="greenlet").count() == 0
    assert list(Package.objects.filter(is_watched=True)) == [watching.package]


def test_a_crash_inside_the_dispatch_loses_nothing(watching: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    polled("greenlet", OLD, *NEW)
    with monkeypatch.context() as patch:
        patch.setattr(alerts, "_make_alert", die)
        with pytest.raises(SystemExit):
            dispatch_events(LATER)
    assert WheelEvent.objects.unprocessed().count() == 3
    assert len(dispatch_events(LATER)) == 1


def test_a_watch_with_a_message_of_unknown_fate_gets_no_other(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    Alert.objects.update(state=AlertState.SENDING)
    polled("greenlet", OLD, NEW[1], wheel("greenlet", "3.2.0"), seen_at=LATER)
    dispatch_events(LATER + HOUR)
    assert Alert.objects.count() == 1


def test_a_watch_whose_message_failed_gets_one_for_the_next_version(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    Alert.objects.update(state=AlertState.FAILED)
    polled("greenlet", OLD, NEW[1], wheel("greenlet", "3.2.0"), seen_at=LATER)
    dispatch_events(LATER + HOUR)
    assert list(Alert.objects.order_by("pk").values_list("version", flat=True)) == ["3.1.0", "3.2.0"]
