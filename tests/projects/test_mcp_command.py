"""`manage.py mcp`: a real session over standard input and output, with the index and the API as they are."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from projects.models import KeyScope
from projects.services.api_keys import make_key
from tests.cast import NOON, assess_as, make_cast, usual_rows
from tests.commands import ROOT, environment, migrated
from tests.replay import ReplayIndex, a_file

if TYPE_CHECKING:
    from mcp.types import CallToolResult

pytestmark = pytest.mark.long

TARGET = "cp313-win_amd64"
Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex() as replay:
        replay.add_package("good", [a_file("good-1.0-py3-none-any.whl")])
        replay.add_package("old", [a_file("old-1.0-cp312-cp312-win_amd64.whl")])
        yield replay


def text_of(result: CallToolResult) -> str:
    from mcp.types import TextContent

    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def session(given: Mapping[str, str], folder: Path, calls: Calls, *arguments: str) -> tuple[set[str], list[Any]]:
    """Return the names of the tools, and of each call what it returned, or why it failed."""
    # Loading it takes a second, which only the process that runs these tests need spend.
    from mcp import Client, StdioServerParameters

    async def run() -> tuple[set[str], list[Any]]:
        command = [str(ROOT / "manage.py"), "mcp", *arguments]
        server = StdioServerParameters(command=sys.executable, args=command, env=dict(given), cwd=str(folder))
        async with Client(server) as client:
            listed = await client.list_tools()
            answers = [await client.call_tool(name, given) for name, given in calls]
        for tool in listed.tools:
            assert tool.description
            assert tool.annotations is not None
        names = {tool.name for tool in listed.tools if tool.annotations and tool.annotations.read_only_hint}
        others = {f"{tool.name} writes" for tool in listed.tools if tool.name not in names}
        return names | others, [text_of(one) if one.is_error else json.loads(text_of(one)) for one in answers]

    return asyncio.run(run())


def test_the_tools_say_what_the_commands_say(index: ReplayIndex, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("good\nold\n")
    # What a project calls as ours must not be taken for ours.
    (tmp_path / "django.py").write_text("raise SystemExit(9)\n")
    (tmp_path / "main.py").write_text("import cgi\n")
    calls: Calls = [
        ("targets", {"name": "3.13 on windows"}),
        ("assess", {"path": ".", "targets": [TARGET]}),
        ("package", {"name": "old", "targets": [TARGET]}),
        ("audit", {"path": ".", "targets": [TARGET]}),
        ("assess", {"path": "--help", "targets": [TARGET]}),
    ]
    names, answers = session(environment(migrated(tmp_path / "data"), index.url), tmp_path, calls)
    assert names == {"targets", "assess", "package", "audit"}
    found, both, old, audited, odd = answers
    assert [target["slug"] for target in found["targets"]] == [TARGET]
    (target,) = both["targets"]
    assert (target["verdict"], [row["name"] for row in target["not_ready"]]) == ("no-go", ["old"])
    assert (old["targets"][0]["verdict"], old["targets"][0]["newest"]) == ("blocked", "1.0")
    assert "cgi" in {finding["subject"] for finding in audited["findings"]}
    assert odd.endswith("--help: no such file")


@pytest.mark.django_db(transaction=True)
def test_with_a_key_the_projects_of_an_installation_are_there(live_server: Any, tmp_path: Path) -> None:
    cast = make_cast()
    assess_as(cast.project, usual_rows())
    _, key = make_key(cast.alice, "a model", KeyScope.READ, NOON)
    given = environment(tmp_path / "data") | {"WHEELWAY_URL": live_server.url, "WHEELWAY_API_KEY": key}
    slug = cast.project.slug
    calls: Calls = [
        ("projects", {}),
        ("project_packages", {"slug": slug, "verdict": "blocked"}),
        ("project", {"slug": "../key"}),
        ("watch_target", {"slug": slug, "target": TARGET}),
    ]
    names, answers = session(given, tmp_path, calls, "--allow-writes")
    assert {"project", "project_plan", "watch_target writes", "send_files writes"} <= names
    listed, rows, elsewhere, watched = answers
    assert [one["slug"] for one in listed["items"]] == [slug]
    assert {row["verdict"] for row in rows["items"]} == {"blocked"}
    # No path leads out of the projects, and a key that only reads changes nothing.
    assert ("404: " in elsewhere, "403: " in watched) == (True, True)
