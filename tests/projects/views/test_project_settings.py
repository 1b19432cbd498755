"""Rename, tag and delete a project, and undo it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from projects.domain.permissions import Role
from projects.models import Project
from projects.services.assessments.stale import stale_snapshots
from projects.services.project_removal import UNDO_WITHIN, purge_deleted
from tests.cast import Cast, add_member, make_project
from tests.web import text

PAGE = "/projects/practice-api/"


def test_a_project_is_renamed_and_tagged(alice: Client, cast: Cast) -> None:
    answer = alice.post(f"{PAGE}settings/", {"name": "Shop API", "tags": "team a,  tier  1, team a"})
    assert answer.headers["Location"] == PAGE
    cast.project.refresh_from_db()
    assert (cast.project.name, cast.project.tags) == ("Shop API", ["team a", "tier 1"])
    assert "Shop API" in text(alice.get(PAGE).content)


def test_tags_filter_the_portfolio(alice: Client, cast: Cast) -> None:
    other = make_project("other")
    add_member(other, cast.alice, Role.MANAGER)
    cast.project.tags = ["team a"]
    cast.project.save()
    html = alice.get("/?tag=team+a").content
    assert "1 of 2 projects, worst first" in text(html)
    assert 'value="team a" checked' in html.decode()
    assert "No project has one of these tags" in text(alice.get("/?tag=nothing").content)


def test_a_name_is_taken_once_and_what_was_typed_stays(alice: Client, cast: Cast) -> None:
    other = make_project("other")
    add_member(other, cast.alice, Role.MANAGER)
    refused = alice.post("/projects/other/settings/", {"name": "Practice-API", "tags": "kept"})
    assert refused.status_code == 422
    assert "You have a project named Practice-API already." in text(refused.content)
    assert 'value="kept"' in refused.content.decode()
    added = alice.post("/projects/add/", {"name": "practice-api", "pasted": "orjson\n", "target": ["cp313-win_amd64"]})
    assert added.status_code == 422
    assert "orjson" in added.content.decode()
    assert Project.objects.count() == 2


@pytest.mark.parametrize("path", ["settings/", "delete/", "restore/"])
def test_only_managers_may(bob: Client, carol: Client, path: str) -> None:
    assert carol.post(f"{PAGE}{path}").status_code == 404
    assert bob.post(f"{PAGE}{path}").status_code in (403, 404)


def test_a_deleted_project_is_gone_for_all_until_a_manager_undoes_it(alice: Client, bob: Client, cast: Cast) -> None:
    said = text(alice.post(f"{PAGE}delete/", follow=True).content)
    assert "practice-api was deleted. You can undo it on this page for 7 days." in said
    for client in (alice, bob):
        assert client.get(PAGE).status_code == 404
        assert "orjson" not in text(client.get("/packages/").content)
    assert "Undo" not in text(bob.get("/").content)
    assert stale_snapshots(timezone.now() + timedelta(days=400)) == []
    assert alice.post(f"{PAGE}restore/").headers["Location"] == PAGE
    assert bob.get(PAGE).status_code == 200


def test_its_data_go_when_it_can_no_longer_be_undone(alice: Client, cast: Cast) -> None:
    alice.post(f"{PAGE}delete/")
    now = timezone.now()
    assert purge_deleted(now + UNDO_WITHIN - timedelta(minutes=1)) == 0
    assert purge_deleted(now + UNDO_WITHIN + timedelta(minutes=1)) == 1
    assert not Project.objects.exists()
    assert alice.post(f"{PAGE}restore/").status_code == 404
