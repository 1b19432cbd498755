"""`manage.py assess`: from a file and a real index page to verdicts, without a server, an account or a worker."""

import csv
import io
import json
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from projects.management.assessment_options import add_assessment_options
from projects.services.projects import SAMPLE_FILE
from tests.commands import DATABASE, NO_INDEX, ROOT, environment, manage, manage_here, migrated
from tests.replay import ReplayIndex

pytestmark = pytest.mark.long

WINDOWS = "cp313-win_amd64"


def assess(replay: ReplayIndex | None, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with its own storage, without an account or a worker."""
    index_url = NO_INDEX if replay is None else replay.url
    return manage("assess", *arguments, environment=environment(migrated(data), index_url))


def rows(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in entry["packages"]}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sample's JSON for CPython 3.13 on Windows and 3.15 on glibc 2.28, from recorded pages."""
    with ReplayIndex() as replay:
        done = assess(
            replay,
            tmp_path_factory.mktemp("data"),
            str(SAMPLE_FILE),
            *("--target", WINDOWS, "--target", "cp315-manylinux_2_28_x86_64"),
            *("--format", "json"),
        )
    assert done.returncode == 1, done.stderr
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("psycopg2-binary", "2.9.10"),
        ("hiredis", "3.1.0"),
        ("pyyaml", "6.0.2"),
        ("orjson", "3.10.6"),
        ("asyncpg", "0.30.0"),
        ("aiohttp", "3.10.5"),
    ],
)
def test_the_sample_has_packages_without_a_wheel_for_windows_and_their_first_version(
    sample: dict[str, Any], name: str, first: str
) -> None:
    row = rows(sample["assessments"][0])[name]
    assert row["availability"] != "native"
    assert row["verdict"] == "upgrade"
    assert row["first_available"]["version"] == first
    assert first in row["first_available"]["file"]
    assert row["first_available"]["uploaded_at"].endswith("Z")


def test_the_samples_stable_abi_and_fallback_cells_are_told_apart(sample: dict[str, Any]) -> None:
    found = rows(sample["assessments"][0])
    assert (found["bcrypt"]["version"], found["bcrypt"]["availability"]) == ("4.1.2", "abi3")
    assert (found["sqlalchemy"]["version"], found["sqlalchemy"]["availability"]) == ("2.0.27", "fallback")


def test_pydantic_is_blocked_through_pydantic_core_and_moves_to_2_8_0(sample: dict[str, Any]) -> None:
    entry = sample["assessments"][0]
    core = rows(entry)["pydantic-core"]
    assert (core["version"], core["direct"], core["verdict"]) == ("2.16.2", False, "upgrade")
    assert ["pydantic", "pydantic-core"] in core["paths"]
    moves = {change["name"]: change["to"] for change in entry["plan"]["changes"]}
    assert moves["pydantic"] == "2.8.0"
    assert moves["pydantic-core"] == entry["plan"]["pins"]["pydantic-core"] == "2.20.0"


def test_what_no_version_clears_is_told_apart_from_what_an_upgrade_clears(sample: dict[str, Any]) -> None:
    entry = sample["assessments"][1]
    found = rows(entry)
    assert entry["verdict"] == "no-go"
    assert {name for name, row in found.items() if row["verdict"] == "blocked"} == {"pyyaml", "orjson"}
    assert "needs glibc 2.39" in found["orjson"]["reason"]
    assert found["aiohttp"]["verdict"] == "upgrade"
    assert set(entry["blockers"]) >= {"pyyaml", "orjson", "aiohttp", "asyncpg", "hiredis", "psycopg2-binary"}


def test_a_yanked_pin_is_flagged_with_its_reason_and_the_next_version(sample: dict[str, Any]) -> None:
    row = rows(sample["assessments"][0])["email-validator"]
    assert (row["yanked"], row["verdict"], row["first_available"]["version"]) == (True, "ready", "2.1.0.post1")
    assert "yanked (Forgot to drop Python 3.7 from python_requires" in row["reason"]
    assert "move to 2.1.0.post1" in row["advice"]


def test_the_json_has_the_shape_of_schema_1(sample: dict[str, Any]) -> None:
    assert set(sample) >= {"schema", "generated_at", "index", "sources", "problems", "requirements", "assessments"}
    assert sample["schema"] == 1
    assert sample["sources"][0]["format"] == "requirements.txt"
    needed = {"name", "version", "direct", "paths", "availability", "detail", "yanked", "verdict", "severity"}
    needed |= {"file", "reason", "first_available", "latest_available"}
    for entry in sample["assessments"]:
        assert set(entry) >= {"target", "verdict", "blockers", "conflict", "packages", "plan"}
        assert all(set(row) >= needed for row in entry["packages"])


def test_without_any_storage_it_makes_its_own_and_prints_only_the_result(replay: ReplayIndex, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("six==1.16.0\n")
    fresh = environment(tmp_path / "data", replay.url)
    done = manage("assess", str(file), "--target", WINDOWS, "--format", "csv", environment=fresh)
    assert done.returncode == 0, done.stderr
    (line,) = csv.DictReader(io.StringIO(done.stdout))
    assert (line["name"], line["version"], line["verdict"]) == ("six", "1.16.0", "ready")
    assert "of the index read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "no such file"),
        (["{file}", "--target", "cp313"], "is not a target"),
        (["{file}", "--target", "cp27-win_amd64"], "is not a target"),
        (["{file}", "--as-of", "yesterday"], "is not a date"),
        (["{file}", "--group", "dve"], "--group dve: the files name no such group"),
        (["{binary}"], "not a text file"),
        (["{empty}"], "asks for no package"),
        (["{optional}"], "Choose with --group or --extra: fast."),
        ([], "PATH"),
    ],
)
def test_bad_usage_and_unreadable_input_end_with_2_and_a_sentence(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20)
    (tmp_path / "empty.txt").write_text("# nothing yet\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\noptional-dependencies = {fast = ["six"]}\n')
    names = {"file": "requirements.txt", "binary": "picture.txt", "empty": "empty.txt", "optional": "pyproject.toml"}
    places = {key: str(tmp_path / name) for key, name in names.items()}
    done = manage_here("assess", *(one.format(**places) for one in arguments))
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_an_unreachable_index_leaves_everything_unknown_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("six==1.16.0\n")
    done = assess(None, tmp_path / "data", str(file), "--target", WINDOWS, "--format", "json")
    assert done.returncode == 3
    (entry,) = json.loads(done.stdout)["assessments"]
    assert entry["verdict"] == "unknown"
    assert rows(entry)["six"]["availability"] == "unknown"
    assert "did not answer" in done.stderr


def test_what_was_stored_answers_when_the_index_is_gone(replay: ReplayIndex, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("six==1.16.0\n")
    arguments = (str(file), "--target", WINDOWS, "--index-url", replay.url)
    assert assess(None, tmp_path / "data", *arguments).returncode == 0
    replay.stop()
    done = assess(None, tmp_path / "data", *arguments)
    assert done.returncode == 0, done.stderr


def test_a_malformed_line_is_reported_with_its_place_and_the_rest_counts(replay: ReplayIndex, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("six==1.16.0\nthis is no requirement\n")
    done = assess(replay, tmp_path / "data", str(file), "--target", WINDOWS, "--format", "json")
    parsed = json.loads(done.stdout)
    assert [(problem["line"], problem["path"]) for problem in parsed["problems"]] == [(2, str(file))]
    assert rows(parsed["assessments"][0])["six"]["verdict"] == "ready"


def test_as_of_a_day_in_the_past_later_files_are_not_there(replay: ReplayIndex, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("greenlet==3.0.3\n")
    arguments = (str(file), "--target", WINDOWS, "--format", "json", "--fail-on", "never")
    then = json.loads(assess(replay, tmp_path / "data", *arguments, "--as-of", "2024-08-15").stdout)
    today = json.loads(assess(replay, tmp_path / "data", *arguments).stdout)
    assert rows(then["assessments"][0])["greenlet"]["verdict"] == "blocked"
    assert rows(today["assessments"][0])["greenlet"]["first_available"]["version"] == "3.1.0"


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("no-go", 0), ("conditional", 1)])
def test_the_exit_code_follows_fail_on(replay: ReplayIndex, tmp_path: Path, fail_on: str, code: int) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("greenlet==3.0.3\n")
    done = assess(replay, tmp_path / "data", str(file), "--target", WINDOWS, "--fail-on", fail_on)
    assert done.returncode == code, done.stdout + done.stderr


def test_a_wheel_with_a_higher_floor_says_who_may_move(sample: dict[str, Any]) -> None:
    advice = rows(sample["assessments"][1])["orjson"]["advice"]
    assert "Ubuntu 24.04 has it" in advice
    assert "Debian 12" in advice


def tables(database: Path) -> dict[str, set[str]]:
    """The columns, conditions and indexes of each table, in no order, without triggers: they guard the audit log, and a
    client has none.
    """
    found: dict[str, set[str]] = {}
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"
        ).fetchall()
    for table, statement in rows:
        is_table = statement.startswith("CREATE TABLE")
        found.setdefault(table, set()).update(parts_of(statement) if is_table else [statement])
    return found


def parts_of(statement: str) -> list[str]:
    """What stands between the commas of the outermost parentheses."""
    parts, depth = [""], 0
    for letter in statement[statement.index("(") + 1 : statement.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def test_the_tables_that_the_client_creates_at_once_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    code = "import django; django.setup(); from projects.management.storage import prepare_storage; prepare_storage()"
    given = environment(tmp_path / "client") | {"DJANGO_SETTINGS_MODULE": "compat_site.client.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given, check=True)
    made, known = tables(tmp_path / "client" / DATABASE), tables(migrated(tmp_path / "server") / DATABASE)
    assert "projects_assessment" in made
    assert {table: made[table] ^ known[table] for table in made if made[table] != known[table]} == {}


def test_the_help_says_what_builds_and_plans_there_are() -> None:
    parser = ArgumentParser()
    add_assessment_options(parser)
    said = " ".join(parser.format_help().split())
    assert "which builds from source count as installing" in said
    assert "plans change as little as possible, or take the newest versions" in said
