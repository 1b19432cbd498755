"""Badges: public at an address that is not to be guessed, about one verdict only, until they are revoked."""

import json
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from projects.models import Badge
from tests.cast import LINUX_314, Cast, assess_as, make_package
from tests.web import text

PAGE = "/projects/practice-api/badges/"


@pytest.fixture
def address(alice: Client) -> str:
    """The address of a badge that alice made, without its ending."""
    alice.post(PAGE, {"target": LINUX_314})
    return f"/badges/{Badge.objects.get().key}"


def test_it_says_the_verdict_of_its_target_and_nothing_else(address: str) -> None:
    answer = Client().get(f"{address}.svg")
    picture = ET.fromstring(answer.content)
    label = "Python 3.14, Linux x86-64 (glibc 2.28): blocked"
    assert (picture.get("role"), picture.get("aria-label")) == ("img", label)
    assert label in ET.tostring(picture, encoding="unicode")
    for secret in ("practice", "pyyaml", "alice"):
        assert secret not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.headers.get("Vary", "")
    document = json.loads(Client().get(f"{address}.json").content)
    assert (document["schemaVersion"], document["message"]) == (1, "blocked")


def test_it_changes_with_the_assessment_and_is_not_sent_again_before(address: str, cast: Cast) -> None:
    first = Client().get(f"{address}.svg")
    again = {"If-None-Match": first.headers["ETag"]}
    assert Client().get(f"{address}.svg", headers=again).status_code == 304
    assess_as(cast.project, {LINUX_314: [make_package("pyyaml")]})
    assert b": ready" in Client().get(f"{address}.svg", headers=again).content


def test_one_that_is_revoked_or_never_was_is_not_found(address: str, alice: Client, bob: Client) -> None:
    pk = Badge.objects.get().pk
    assert bob.post(PAGE, {"revoke": str(pk)}).status_code == 403
    assert address in alice.get(PAGE).content.decode()
    assert "Create a badge" not in text(bob.get(PAGE).content)
    alice.post(PAGE, {"revoke": str(pk)})
    gone, never = Client().get(f"{address}.svg"), Client().get(f"/badges/{'x' * 32}.svg")
    assert (gone.status_code, never.status_code) == (404, 404)
    assert Client().get(f"{address}\0.svg").status_code == 404
    assert Client().get(f"{address}.png").status_code == 404


def test_that_of_a_deleted_project_is_not_found(address: str, cast: Cast) -> None:
    cast.project.deleted_at = cast.project.created_at
    cast.project.save()
    assert Client().get(f"{address}.json").status_code == 404


def test_strangers_make_none(carol: Client) -> None:
    assert carol.post(PAGE, {"target": LINUX_314}).status_code == 404
    assert not Badge.objects.exists()
