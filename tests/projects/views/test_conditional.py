"""A project's page that the browser still has is not made again, and one that says anything else always is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.domain.dependency_files import read as read_files
from projects.domain.indexes.named_indexes import options_to_store
from projects.domain.permissions import Role
from projects.domain.received_proof import read_sent_proof
from projects.domain.upstream.notes import NoteKind
from projects.models import (
    Assessment,
    IndexRole,
    Membership,
    Note,
    Project,
    Snapshot,
    StoredProof,
    Subscription,
)
from projects.selectors.versions import FACTS
from projects.services.indexes import add_index, remove_index
from projects.services.projects import set_targets
from scanner.models import Package
from tests.cast import LINUX_313, TARGETS, Cast, assess_as, rest_on, take_snapshot_of, usual_rows
from tests.projects.domain.test_received_proof import document

pytestmark = pytest.mark.django_db
PAGE = "/projects/practice-api/"


def asked_again(client: Client, etag: str, path: str = PAGE, **headers: str) -> int:
    return client.get(path, headers={"If-None-Match": etag, **headers}).status_code


def etag(client: Client, path: str = PAGE) -> str:
    # The first answer brings the cookie of the forms, which the page then belongs to.
    client.get(path)
    return client.get(path).headers["ETag"]


def test_a_page_that_did_not_change_costs_three_queries_and_no_body(
    alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known = etag(alice)
    # Session, user, and the version.
    with django_assert_num_queries(3):
        response = alice.get(PAGE, headers={"If-None-Match": f'"other", W/{known}'})
    assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", known)
    assert alice.get(PAGE).headers["Cache-Control"] == "private, no-cache"


def note(project: Project) -> Note:
    return Note.objects.create(
        project=project, name="orjson", kind=NoteKind.YANK, subject="1.0", severity=1, created_at=timezone.now()
    )


CHANGES: dict[str, Callable[[Cast], Any]] = {
    "its name": lambda cast: Project.objects.update(name="Another"),
    "a proof": lambda cast: StoredProof.objects.create(
        project=cast.project,
        target=LINUX_313,
        ran=True,
        content=read_sent_proof(json.dumps(document(ran=True)).encode()).to_json(),
        mac="0" * 64,
        received_at=timezone.now(),
    ),
    "the role": lambda cast: Membership.objects.filter(user=cast.alice).update(role=Role.READER),
    "requirements": lambda cast: take_snapshot_of(cast.project, ["new"]),
    "an answer": lambda cast: assess_as(cast.project, usual_rows(moved=1), snapshot=cast.project.snapshots.get()),
    "an answer in place": lambda cast: Assessment.objects.update(confirmed_at=timezone.now()),
    "targets": lambda cast: set_targets(cast.project, [LINUX_313]),
    "a target less": lambda cast: set_targets(cast.project, TARGETS[:-1]),
    "a poll": lambda cast: Package.objects.update(checked_at=timezone.now()),
    "an older package": lambda cast: rest_on(cast.project, ["old"], checked_at=timezone.now() - timedelta(days=900)),
    "a note": lambda cast: note(cast.project),
    "an index": lambda cast: add_index(cast.project, "https://private.example/simple", IndexRole.EXTRA),
    "following": lambda cast: Subscription.objects.create(user=cast.alice, project=cast.project),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_the_page_says_makes_it_another_one(alice: Client, cast: Cast, what: str) -> None:
    known = etag(alice)
    assert asked_again(alice, known) == 304
    CHANGES[what](cast)
    assert asked_again(alice, known) == 200


def test_dropping_an_index_makes_it_another_page(alice: Client, cast: Cast) -> None:
    row = add_index(cast.project, "https://private.example/simple", IndexRole.EXTRA)
    known = etag(alice)
    assert asked_again(alice, known) == 304
    remove_index(cast.project, row.index_id)
    assert asked_again(alice, known) == 200


def test_a_note_that_is_dismissed_and_shown_again_makes_it_another_one(alice: Client, cast: Cast) -> None:
    note(cast.project)
    open_page = etag(alice)
    Note.objects.update(dismissed_at=timezone.now())
    dismissed_page = etag(alice)
    assert open_page != dismissed_page
    Note.objects.update(dismissed_at=None)
    assert asked_again(alice, dismissed_page) == 200


def test_time_that_is_told_counts_in_its_words(alice: Client, cast: Cast) -> None:
    now = timezone.now()
    Package.objects.update(checked_at=now - timedelta(hours=2, minutes=10))
    known = etag(alice)
    assert asked_again(alice, known) == 304
    Package.objects.update(checked_at=now - timedelta(hours=3, minutes=10))
    assert asked_again(alice, known) == 200


def test_a_page_belongs_to_its_reader_and_its_address(alice: Client, bob: Client, carol: Client) -> None:
    known = etag(alice)
    assert asked_again(bob, known) == 200
    assert asked_again(alice, known, f"{PAGE}?state=ready") == 200
    assert asked_again(carol, known) == 404
    alice.logout()
    assert asked_again(alice, known) == 302


def test_a_part_of_the_page_is_always_made(alice: Client) -> None:
    known = etag(alice)
    part = alice.get(PAGE, headers={"If-None-Match": known, "HX-Request": "true", "HX-Target": "risk-table"})
    assert (part.status_code, part.has_header("ETag")) == (200, False)


def test_a_message_is_shown_once(alice: Client, cast: Cast) -> None:
    known = etag(alice)
    alice.post(
        f"{PAGE}targets/", {"target": [LINUX_313], "source_builds": "pure", "step": "major", "minimum_age_days": 0}
    )
    told = alice.get(PAGE, headers={"If-None-Match": known})
    assert b"saved" in told.content
    assert not told.has_header("ETag")
    assert b"saved" not in alice.get(PAGE).content


def test_the_page_reads_no_table_that_its_version_knows_nothing_of(alice: Client, cast: Cast) -> None:
    note(cast.project)
    Snapshot.objects.update(
        options={"indexes": options_to_store(read_files({"r.txt": b"-i https://a.example"}, ["r.txt"]).indexes)}
    )
    with CaptureQueriesContext(connection) as captured:
        alice.get(PAGE)
    # Django has no text of a statement that the server binds.
    statements = [query["sql"] or FACTS for query in captured]
    read = {table for statement in statements for table in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', statement)}
    assert read == {
        # Who asks, and what they may see.
        *("django_session", "auth_user", "projects_project", "projects_team", "projects_membership"),
        # Part of the version. Of a snapshot and an assessment, the rest is written with them.
        *("projects_snapshot", "projects_snapshotrequirement", "projects_assessment", "projects_targetassessment"),
        *("projects_projecttarget", "projects_projectpackage", "scanner_package"),
        # Of an index the address never changes.
        *(
            "projects_note",
            "projects_packagewaiver",
            "projects_storedproof",
            "projects_sourceaudit",
            "projects_subscription",
            "projects_projectindex",
            "scanner_index",
        ),
    }
