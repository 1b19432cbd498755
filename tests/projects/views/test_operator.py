"""The operator's page and the metrics."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from projects.domain.exposition import Sample, exposition
from scanner.models import Package
from scanner.services.indexes import get_index
from tests.projects.watching import person

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
    with django_assert_num_queries(9):
        client.get("/operator/")
    packages(1, 1000)
    with django_assert_num_queries(9):
        client.get("/operator/")


def test_a_token_opens_the_metrics_and_nothing_else(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-see"
    packages(0, 3)
    for given in ("", "Bearer", "Bearer wrong", "Basic let-me-see", "Bearer \xe4"):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer let-me-see"})
    assert answer.status_code == 200
    assert "wheelway_packages_due 3\n" in answer.content.decode()
    assert client.get("/operator/", headers={"Authorization": "Bearer let-me-see"}).status_code == 302


def test_the_text_form_escapes_what_labels_hold() -> None:
    samples = [Sample("a", {"host": 'x"\\\n'}, 1), Sample("b", {}, 2.5), Sample("a", {"host": "y"}, 12345678901)]
    assert exposition(samples) == (
        '# TYPE a gauge\na{host="x\\"\\\\\\n"} 1\na{host="y"} 12345678901\n# TYPE b gauge\nb 2.5\n'
    )
