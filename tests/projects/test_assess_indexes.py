"""`manage.py assess` over several indexes, as a user runs it: options, lines of the files, logins, warnings."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projects.test_assess_command import WINDOWS, assess
from tests.replay import ReplayIndex, a_file

LOGIN = "robot:s3cret"


@pytest.fixture
def public() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package("theirs", [a_file("theirs-2.0-py3-none-any.whl", requires_dist=[])])
        index.add_package("shared", [a_file("shared-9.0-py3-none-any.whl", requires_dist=[])])
        yield index


@pytest.fixture
def private() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False, login=LOGIN) as index:
        index.add_package("ours", [a_file("ours-1.0-py3-none-any.whl", requires_dist=["theirs", "shared"])])
        index.add_package("shared", [a_file("shared-1.0-py3-none-any.whl", requires_dist=[])])
        yield index


def told(public: ReplayIndex, folder: Path, text: str, *arguments: str, form: str = "json") -> Any:
    """The finished process, after `text` was assessed; of JSON also what it says."""
    file = folder / "requirements.txt"
    file.write_text(text)
    done = assess(public, folder / "data", str(file), "--target", WINDOWS, "--format", form, *arguments)
    return (done, json.loads(done.stdout)) if form == "json" and done.stdout else (done, None)


def test_an_extra_index_with_a_login_is_pooled_with_the_other_and_its_login_is_kept_nowhere(
    public: ReplayIndex, private: ReplayIndex, tmp_path: Path
) -> None:
    done, whole = told(public, tmp_path, "ours\n", "--extra-index-url", private.url_with_login)
    assert done.returncode == 0, done.stderr
    (entry,) = whole["assessments"]
    assert {row["name"]: row["version"] for row in entry["packages"]} == {
        "ours": "1.0",
        "theirs": "2.0",
        "shared": "9.0",
    }
    assert (whole["index"]["url"], whole["index"]["extra_urls"]) == (public.url, [private.url])
    (confusion,) = whole["index"]["confusions"]
    assert (confusion["name"], confusion["installs"]) == (
        "shared",
        {"url": public.url, "private": False, "version": "9.0"},
    )
    assert "s3cret" not in done.stdout + done.stderr
    assert all(b"s3cret" not in path.read_bytes() for path in (tmp_path / "data").iterdir())
    with sqlite3.connect(tmp_path / "data" / "wheelway.sqlite3") as database:
        left = database.execute(
            "SELECT count(*) FROM scanner_package p JOIN scanner_index i ON i.id = p.index_id"
            " WHERE i.scope <> '' AND p.due_at IS NOT NULL"
        ).fetchone()
    database.close()
    # The poller could not ask for them without the login.
    assert left == (0,)
    table, _ = told(public, tmp_path, "ours\n", "--extra-index-url", private.url_with_login, form="table")
    assert f"! shared is on several indexes: 9.0 on {public.url}, 1.0 on {private.url}." in table.stdout
    rows, _ = told(public, tmp_path, "ours\n", "--extra-index-url", private.url_with_login, form="csv")
    assert "several indexes" in rows.stderr
    assert "several indexes" not in rows.stdout


def test_index_options_of_the_file_count_as_for_pip(
    public: ReplayIndex, private: ReplayIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_LOGIN", LOGIN)
    address = private.url.replace("://", "://${PRIVATE_LOGIN}@")
    done, whole = told(public, tmp_path, f"--extra-index-url {address}\n--no-index\nours\n")
    assert done.returncode == 0, done.stderr
    assert whole["index"]["extra_urls"] == [private.url]
    assert [(one["line"], one["message"].partition(":")[0]) for one in whole["problems"]] == [
        (2, "--no-index is ignored")
    ]
    assert f"requirements.txt:1: {private.url} is used as well" in done.stderr
    done, whole = told(public, tmp_path, f"-i {address}\nours\n")
    assert whole["index"] == {"url": private.url}
    assert [row["name"] for row in whole["assessments"][0]["packages"] if row["availability"] == "absent"] == ["theirs"]
    monkeypatch.delenv("PRIVATE_LOGIN")
    done, _ = told(public, tmp_path, f"-i {address}\nours\n")
    assert done.returncode == 2
    assert "requirements.txt:1: --index-url needs the environment variable PRIVATE_LOGIN" in done.stderr


def test_an_index_that_refuses_the_login_leaves_its_names_unknown_and_is_named(
    public: ReplayIndex, private: ReplayIndex, tmp_path: Path
) -> None:
    wrong = private.url.replace("://", "://robot:wr0ng@")
    done, whole = told(public, tmp_path, "ours\n", "--extra-index-url", wrong)
    assert done.returncode == 3
    (entry,) = whole["assessments"]
    assert entry["verdict"] == "unknown"
    (row,) = entry["packages"]
    assert row["reason"] == f"not polled yet: {private.url}/ours refused the request: status 401"
    assert f"ours: {private.url}/ours refused the request: status 401" in done.stderr
    assert "wr0ng" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["--extra-index-url", "private.example"], ["--extra-index-url", "ftp://x"]])
def test_an_extra_index_that_is_no_address_is_bad_usage(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "requirements.txt").write_text("six\n")
    done = assess(None, tmp_path / "data", str(tmp_path / "requirements.txt"), *arguments)
    assert done.returncode == 2
    assert "The index address cannot be used" in done.stderr
