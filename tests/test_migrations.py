"""Stored data come through the migrations, on both databases."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from msgspec.structs import replace

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.presentation.sentences import describe_cause, describe_reason
from tests.migrating import OldDatabase

pytestmark = pytest.mark.long

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHA = "0123456789abcdef" * 4
FOLDER = f"https://files.example/packages/{SHA[:2]}/{SHA[2:4]}/{SHA[4:]}/"


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OldDatabase]:
    url = os.environ.get("DATABASE_URL") if request.param == "postgresql" else None
    if request.param == "postgresql" and (connection.vendor != "postgresql" or url is None):
        pytest.skip("the tests run without PostgreSQL")
    made = OldDatabase(tmp_path, url and url.removesuffix("/postgres") + f"/migrating_{os.getpid()}")
    made.empty()
    yield made
    made.close()


FILES = [
    ("demo-1.0-py3-none-any.whl", "wheel", 3, FOLDER, SHA),
    ("demo-1.0.tar.gz", "sdist", 3, "https://files.example/packages/old/", ""),
    ("demo.zip", "other", None, "https://other.example/demo.zip?at=1", SHA),
]


def store_files(old: OldDatabase) -> None:
    old.insert("scanner_index", id=1, url="https://index.example", scope="", login="", closes_releases=True,
               root_etag="", root_last_modified="", root_hash="", root_error="")  # fmt: skip
    old.insert("scanner_package", id=7, index_id=1, name="demo", state="current", status="active", status_reason="",
               etag="", last_modified="", content_hash="", revision=1, due_reason="", failures=0, absences=0,
               last_error="", problems="[]", is_watched=False)  # fmt: skip
    old.insert("scanner_releaseshape", id=1, digest="d", text="t", catalogue="c", offers=b"")
    old.insert("scanner_release", id=3, package_id=7, version="1.0", shape_id=1, metadata_source="", metadata_error="",
               build_detail="")  # fmt: skip
    for pk, (filename, kind, release, folder, sha) in enumerate(FILES, start=10):
        old.insert("scanner_releasefile", id=pk, package_id=7, release_id=release, filename=filename, kind=kind,
                   tag_set="", build="", folder=folder, sha256=sha, size=5, requires_python=">=3.9",
                   uploaded_at=NOON.isoformat(" "), yanked=False, yanked_reason="", metadata_sha256=sha)  # fmt: skip


def check_that_packed_files_keep_every_fact(old: OldDatabase) -> None:
    assert old.execute("SELECT files_base FROM scanner_package WHERE id = 7") == [("https://files.example/packages/",)]
    columns = "id, package_id, release_id, filename, kind, sha256, metadata_sha256, location, size, requires_python"
    digest, none = bytes.fromhex(SHA), b""
    assert [
        tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
        for row in old.execute(f"SELECT {columns} FROM scanner_releasefile ORDER BY id")
    ] == [
        (10, 7, 3, FILES[0][0], "wheel", digest, digest, b"\x01" + digest, 5, ">=3.9"),
        (11, 7, 3, FILES[1][0], "sdist", none, none, b"\x02old/", 5, ">=3.9"),
        (12, 7, None, FILES[2][0], "other", digest, digest, b"\x00" + FILES[2][3].encode(), 5, ">=3.9"),
    ]
    # The next row takes the next key.
    old.insert("scanner_releasefile", package_id=7, filename="new.whl", kind="wheel", sha256=b"", metadata_sha256=b"",
               location=b"\x00", requires_python="", yanked=False, yanked_reason="")  # fmt: skip
    assert old.execute("SELECT MAX(id) FROM scanner_releasefile") == [(13,)]


def store_rows_of_tables_to_rename(old: OldDatabase) -> None:
    old.insert("scanner_pageprints", package_id=7, prints=b"rows")
    old.insert("scanner_hostgate", host="files.example", closed_until=NOON.isoformat(" "))
    old.insert("scanner_polltally", hour=NOON.isoformat(" "), outcome="unchanged", polls=3, size=9)
    old.insert("scanner_coremetadata", id=5, digest="m", requires_dist='["numpy>=2"]', requires_python=">=3.9",
               provides_extra="[]", problems="[]")  # fmt: skip
    old.insert("scanner_release", id=4, package_id=7, version="2.0", shape_id=1, metadata_id=5,
               metadata_source="wheel", metadata_error="", build_detail="pure")  # fmt: skip


def check_that_rows_of_renamed_tables_stay_and_releases_keep_their_metadata(old: OldDatabase) -> None:
    ((package, checksums),) = old.execute("SELECT package_id, checksums FROM scanner_rowchecksums")
    assert (package, bytes(checksums)) == (7, b"rows")
    assert old.execute("SELECT host FROM scanner_hostthrottle") == [("files.example",)]
    assert old.execute("SELECT id, result, polls, size FROM scanner_pollstats") == [(1, "unchanged", 3, 9)]
    kept = (
        "SELECT r.id, r.version, r.build_detail, m.requires_dist FROM scanner_release r JOIN scanner_coremetadata m ON"
    )
    ((*release, requires_dist),) = old.execute(f"{kept} m.id = r.metadata_id")
    assert release == [4, "2.0", "pure"]
    assert requires_dist in (["numpy>=2"], '["numpy>=2"]')
    # The next row of a renamed table takes the next key.
    old.insert("scanner_pollstats", hour=NOON.isoformat(" "), result="changed", polls=1, size=1)
    assert old.execute("SELECT MAX(id) FROM scanner_pollstats") == [(2,)]


def store_shapes(old: OldDatabase) -> None:
    old.insert("scanner_package", id=8, index_id=1, name="other", state="current", status="active", status_reason="",
               etag="", last_modified="", content_hash="", revision=1, due_reason="", failures=0, absences=0,
               last_error="", files_base="", problems="[]", is_watched=False)  # fmt: skip
    for key in (11, 12):
        old.insert("scanner_releaseshape", id=key, digest=f"d{key}", text=f"t{key}", catalogue="c", offers=b"o")
        old.insert("scanner_release", id=key + 2, package_id=8, version=f"{key}.0", shape_id=key, metadata_error="",
                   build_detail="")  # fmt: skip


def check_that_releases_keep_their_profiles(old: OldDatabase) -> None:
    kept = (
        "SELECT r.version, p.digest, p.text FROM scanner_release r JOIN scanner_storedprofile p ON p.id = r.profile_id"
        " WHERE r.package_id = 8"
    )
    assert sorted(old.execute(kept)) == [("11.0", "d11", "t11"), ("12.0", "d12", "t12")]


def check_that_releases_have_shapes_again(old: OldDatabase) -> None:
    assert sorted(old.execute("SELECT id, shape_id FROM scanner_release WHERE package_id = 8")) == [(13, 11), (14, 12)]


STORED_ROW = {
    "name": "orjson", "version": "3.9.0", "direct": True, "paths": [["orjson"]], "availability": "source",
    "detail": "compiled: Rust", "yanked": False, "verdict": "blocked", "severity": "critical",
    "file": "orjson-3.9.0.tar.gz", "tag": None, "uploaded_at": "2023-05-06T07:08:09Z",
    "reason": "no wheel for cp315; has cp38 to cp312; the newest, 3.11.0: needs glibc 2.39, target has 2.28",
    "newest": {
        "version": "3.11.0",
        "reason": "needs glibc 2.39, target has 2.28",
        "cause": "needs glibc 2.39, target has 2.28",
    },
    "pending": False, "first_available": None, "latest_available": None, "latest": "3.11.0", "specifier": "==3.9.0",
    "source": "requirements.txt", "line": 3,
    "advice": "Watch this cell: the newest release may still get wheels, else a new release must bring them.",
    "error": "a source build (compiled: Rust); with --only-binary :all: ERROR: …", "status": "active", "flags": [],
}  # fmt: skip
PENDING_ROW = {
    **STORED_ROW, "name": "six", "availability": "unknown", "verdict": "unknown", "severity": "moderate",
    "reason": "not polled yet: HTTP 503", "newest": None, "pending": True, "advice": "Wait.",
}  # fmt: skip
SHOWN = [
    *("orjson", "3.9.0", "blocked", "critical", "no version", STORED_ROW["reason"], "orjson 3.11.0: needs …", "direct"),
    *("", "", False, False),
]


def store_results(old: OldDatabase) -> None:
    noon = NOON.isoformat(" ")
    old.insert("projects_project", id=1, name="practice", slug="practice", source_builds="pure", prereleases=False,
               minimum_age_days=0, groups="[]", step="major", holds="[]", created_at=noon)  # fmt: skip
    old.insert("projects_snapshot", id=1, project_id=1, origin="paste", commit="", ref="", digest="d", created_at=noon,
               problems="[]", options="{}", hints="[]")  # fmt: skip
    old.insert("projects_assessment", id=1, project_id=1, snapshot_id=1, state="complete", trigger="",
               index_url="https://index.example/", extra_urls="[]", index_ids="[]", confusions="[]", missing="[]",
               created_at=noon, confirmed_at=noon, digest="d", changes="[]")  # fmt: skip
    old.insert("projects_targetassessment", id=1, assessment_id=1, target="cp315-win_amd64", position=0,
               verdict="no-go", counts="{}", blockers="[]", conflict="", packages=json.dumps([STORED_ROW, PENDING_ROW]),
               shown=json.dumps([SHOWN]))  # fmt: skip


def check_that_results_keep_their_facts_as_data(old: OldDatabase) -> None:
    ((packages, shown),) = old.execute("SELECT packages, shown FROM projects_targetassessment")
    rows, summaries = (json.loads(one) if isinstance(one, str) else one for one in (packages, shown))
    assert summaries == {"version": 2, "cells": [SHOWN[:11]]}
    blocked, pending = (PackageResult.from_json(row) for row in rows)
    assert describe_reason(blocked) == STORED_ROW["reason"]
    assert describe_cause(blocked) == "orjson 3.11.0: needs glibc 2.39, target has 2.28"
    assert (blocked.version, blocked.build_detail, blocked.may_get_files) == ("3.9.0", "compiled: Rust", True)
    assert (blocked.provenance.source, blocked.provenance.line) == ("requirements.txt", 3)
    assert pending.reason == PackageReason(ReasonKind.NOT_POLLED, "HTTP 503")
    for row, one in zip(rows, (blocked, pending), strict=True):
        # Later versions may write more keys.
        assert {key: one.to_json()[key] for key in row} == row
    # A worker of the version before may still write its rows while the new version starts.
    assert PackageResult.from_json(STORED_ROW) == replace(blocked, may_get_files=False)
    assert PackageResult.from_json(PENDING_ROW) == pending


PLAIN = b"--index-url https://u:s3cret@index.example/simple\nsix\n"


def store_logins(old: OldDatabase) -> None:
    noon = NOON.isoformat(" ")
    old.insert("projects_project", id=2, name="private", slug="private", source_builds="pure", prereleases=False,
               minimum_age_days=0, groups="[]", step="major", holds="[]", created_at=noon)  # fmt: skip
    old.insert("projects_snapshot", id=2, project_id=2, origin="paste", commit="", ref="", digest="d", created_at=noon,
               problems="[]", options="{}", hints="[]")  # fmt: skip
    old.insert("projects_snapshotfile", id=1, snapshot_id=2, path="requirements.txt", format="requirements.txt",
               sha256="0" * 64, content=PLAIN, is_root=True)  # fmt: skip


def check_that_logins_are_sealed(old: OldDatabase) -> None:
    ((hidden,),) = old.execute("SELECT content FROM projects_snapshotfile")
    ((sealed,),) = old.execute("SELECT logins FROM projects_snapshot WHERE id = 2")
    assert bytes(hidden) == b"--index-url https://****1@index.example/simple\nsix\n"
    assert sealed
    assert "s3cret" not in sealed


def check_that_logins_are_in_their_file_again(old: OldDatabase) -> None:
    ((content,),) = old.execute("SELECT content FROM projects_snapshotfile")
    assert bytes(content) == PLAIN


MEMBERS = [(11, 1, "manager"), (11, 2, "reader"), (12, 1, "manager"), (13, 1, "manager"), (13, 2, "reader")]


def store_members(old: OldDatabase) -> None:
    for pk, name in enumerate(("alice", "bob"), 1):
        old.insert("auth_user", id=pk, username=name, password="", is_superuser=False, first_name="", last_name="",
                   email="", is_staff=False, is_active=True, last_login=NOON.isoformat(" "),
                   date_joined=NOON.isoformat(" "))  # fmt: skip
    for pk in range(11, 15):
        old.insert("projects_project", id=pk, name=f"p{pk}", slug=f"p{pk}", source_builds="pure", prereleases=False,
                   minimum_age_days=0, step="major", holds="[]", groups="[]", tags="[]",
                   created_at=NOON.isoformat(" "))  # fmt: skip
    for project, user, role in MEMBERS:
        old.insert("projects_membership", project_id=project, user_id=user, role=role)


def check_that_projects_with_the_same_members_are_those_of_one_team(old: OldDatabase) -> None:
    assert old.execute(
        "SELECT p.slug, t.name, m.user_id, m.role FROM projects_project p JOIN projects_team t ON t.id = p.team_id"
        " LEFT JOIN projects_membership m ON m.team_id = t.id WHERE p.id > 10 ORDER BY p.id, m.user_id"
    ) == [
        ("p11", "Team of alice", 1, "owner"),
        ("p11", "Team of alice", 2, "reader"),
        ("p12", "Team of alice", 1, "owner"),
        ("p13", "Team of alice", 1, "owner"),
        ("p13", "Team of alice", 2, "reader"),
        # As the older projects that nobody is a member of.
        ("p14", "Team 1", None, None),
    ]
    assert old.execute("SELECT count(*) FROM projects_team") == [(3,)]


def check_that_projects_have_their_members_again(old: OldDatabase) -> None:
    rows = old.execute("SELECT project_id, user_id, role FROM projects_membership ORDER BY project_id, user_id")
    assert rows == MEMBERS


def check_that_the_database_refuses_to_change_the_audit_log(old: OldDatabase) -> None:
    old.insert("projects_logentry", at=NOON.isoformat(" "), actor_name="alice", address="", action="key-made",
               target="ci", before="", after="")  # fmt: skip
    for statement in ("UPDATE projects_logentry SET actor_name = 'bob'", "DELETE FROM projects_logentry"):
        with pytest.raises((sqlite3.Error, psycopg.Error), match="the audit log is only added to"):
            old.execute(statement)
    assert old.execute("SELECT actor_name FROM projects_logentry") == [("alice",)]


# Each is done at the migration before it. Nothing refers to tables of the projects, so the scanner's are first.
AGES: list[tuple[str, str, Callable[[OldDatabase], None]]] = [
    ("scanner", "0001", store_files),
    ("scanner", "0004", store_rows_of_tables_to_rename),
    ("scanner", "0005", check_that_rows_of_renamed_tables_stay_and_releases_keep_their_metadata),
    ("scanner", "0005", store_shapes),
    ("scanner", "0012", check_that_releases_keep_their_profiles),
    ("projects", "0005", store_results),
    ("projects", "0009", store_logins),
    ("projects", "0019", store_members),
    ("projects", "0020", check_that_projects_with_the_same_members_are_those_of_one_team),
]


def test_rows_of_every_age_keep_their_facts_through_all_later_migrations_and_back(old: OldDatabase) -> None:
    # Together, as each way through all migrations takes seconds.
    old.migrate("projects")
    squashed = old.migrations("0001_squashed")
    new_schema = old.schema()
    old.empty()
    for app, migration, step in AGES:
        old.reach(app, migration)
        step(old)
    assert old.migrations("0001_squashed") == []
    old.migrate("projects")
    assert old.schema() == new_schema, "a database that grew has what a new one has"
    assert old.migrations("0001_squashed") == squashed
    check_that_packed_files_keep_every_fact(old)
    check_that_results_keep_their_facts_as_data(old)
    check_that_logins_are_sealed(old)
    check_that_the_database_refuses_to_change_the_audit_log(old)
    old.migrate("projects", "0019")
    check_that_projects_have_their_members_again(old)
    old.migrate("projects", "0009")
    check_that_logins_are_in_their_file_again(old)
    old.migrate("scanner", "0005")
    check_that_releases_have_shapes_again(old)
    assert old.migrations("0001_squashed") == [], "else the next migrate would undo them, too"
