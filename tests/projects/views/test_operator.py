"""The operator's page and the metrics."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from projects.models import Alert, Subscription
from scanner.models import HostThrottle, Package, PollStats
from scanner.services.indexes import get_index
from tests.projects.watching import person, project_of, queued_alert

pytestmark = pytest.mark.django_db


def packages(first: int, last: int) -> None:
    due_at = datetime(2024, 1, 1, tzinfo=UTC)
    Package.objects.bulk_create(
        Package(index=get_index(), name=f"demo-{number}", due_at=due_at, due_reason="quiet")
        for number in range(first, last)
    )


@pytest.mark.parametrize("address", ["/operator/", "/metrics"])
def test_only_staff_finds_it(client: Client, address: str) -> None:
    assert client.get(address).status_code in (302, 404)
    client.force_login(person())
    assert client.get(address).status_code == 404
    client.force_login(person("root", staff=True))
    assert client.get(address).status_code == 200


def test_the_page_says_what_is_due_and_why(client: Client) -> None:
    packages(0, 1)
    client.force_login(person(staff=True))
    text = client.get("/operator/").content.decode()
    assert "demo-0" in text
    assert "1 of 1" in text
    assert "quiet" in text


def test_the_page_takes_as_many_queries_for_a_thousand_packages(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(person(staff=True))
    packages(0, 1)
    client.get("/operator/")
    with django_assert_num_queries(11):
        client.get("/operator/")
    packages(1, 1000)
    with django_assert_num_queries(11):
        client.get("/operator/")


def test_htmx_gets_the_figures_alone_and_only_as_staff(client: Client) -> None:
    packages(0, 1)
    asked = {"HX-Request": "true", "HX-Target": "operator-now"}
    client.force_login(person())
    assert client.get("/operator/", headers=asked).status_code == 404
    client.force_login(person("root", staff=True))
    answer = client.get("/operator/", headers=asked)
    text = answer.content.decode()
    assert text.strip().startswith('<div id="operator-now"')
    assert "1 of 1 package is due" in text
    assert "demo-0" not in text
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["failing-one", "demo-0", "demo-1", "gone"]),
        ("?q=DEMO", ["demo-0", "demo-1"]),
        ("?only=failing", ["failing-one"]),
        ("?only=due&q=demo", ["demo-0", "demo-1"]),
        ("?only=never+answered", ["failing-one", "demo-0", "demo-1"]),
        ("?only=never+polled+again", ["gone"]),
        ("?only=nonsense&q=%00", ["failing-one", "demo-0", "demo-1", "gone"]),
        ("?q=nobody", []),
    ],
)
def test_every_package_can_be_found_with_its_next_poll(client: Client, query: str, expected: list[str]) -> None:
    packages(0, 2)
    index, early = get_index(), datetime(2023, 1, 1, tzinfo=UTC)
    Package.objects.create(index=index, name="failing-one", due_at=early, failures=2, last_error="<b>the end</b>")
    Package.objects.create(index=index, name="gone", state="missing", due_reason="not on the index")
    client.force_login(person(staff=True))
    text = client.get("/operator/" + query).content.decode()
    assert re.findall(r'<th scope="row" class="address" translate="no">([\w-]+)</th>', text) == expected
    assert ("No package passes this filter." in text) == (not expected)
    assert ("&lt;b&gt;the end&lt;/b&gt;" in text) == ("failing-one" in expected)


def test_prometheus_reads_what_the_metrics_say(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-see"
    packages(0, 3)
    now = timezone.now()
    Package.objects.filter(name="demo-0").update(checked_at=now, failures=1)
    HostThrottle.objects.create(host='odd"host\\', closed_until=now + timedelta(minutes=3))
    for result, polls, size in (("unchanged", 900, 0), ("changed", 12, 123_456_789_012)):
        PollStats.objects.create(
            hour=now.replace(minute=0, second=0, microsecond=0), result=result, polls=polls, size=size
        )
    answer = client.get("/metrics", headers={"Authorization": "Bearer let-me-see"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    assert all(family.type == "gauge" and family.documentation for family in families.values())
    read = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert read["wheelway_packages",] == 3
    assert read["wheelway_packages_failing",] == 1
    assert read["wheelway_polls_last_day", "unchanged"] == 900
    assert read["wheelway_page_bytes_last_day", "changed"] == 123_456_789_012
    assert 0 < read["wheelway_host_gated_seconds", 'odd"host\\'] <= 180
    assert read["wheelway_last_answer_timestamp_seconds",] == pytest.approx(now.timestamp())
    assert read["wheelway_oldest_due_seconds",] > 0
    assert {"wheelway_oldest_queued_seconds", "wheelway_events_unprocessed"} <= families.keys()


def test_a_token_opens_the_metrics_and_nothing_else(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-see"
    packages(0, 3)
    for given in ("", "Bearer", "Bearer wrong", "Basic let-me-see", "Bearer \xe4"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer let-me-see"})
    assert answer.status_code == 200
    assert "wheelway_packages_due 3.0\n" in answer.content.decode()
    assert client.get("/operator/", headers={"Authorization": "Bearer let-me-see"}).status_code == 302


def test_messages_that_do_not_leave_are_seen(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-see"
    alice = person()
    waiting = queued_alert(alice, project_of(alice))
    Alert.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(hours=2))
    follow = Subscription.objects.create(user=alice, project=waiting.subscription.project)
    for state, age in (("sending", 1), ("sending", 0), ("failed", 1), ("sent", 1), ("sent", 48)):
        made = Alert.objects.create(subscription=follow, state=state)
        Alert.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(hours=age))
    text = client.get("/metrics", headers={"Authorization": "Bearer let-me-see"}).content.decode()
    assert "wheelway_messages_waiting 1.0\n" in text
    assert re.search(r"^wheelway_oldest_message_seconds 72\d\d", text, re.MULTILINE)
    assert "wheelway_messages_stuck 1.0\n" in text
    assert 'wheelway_messages_last_day{state="failed"} 1.0\n' in text
    assert 'wheelway_messages_last_day{state="sent"} 1.0\n' in text
    assert "wheelway_notes_open 0.0\n" in text
    client.force_login(person(staff=True, name="root"))
    page = client.get("/operator/").content.decode()
    assert "1 and 1" in page
