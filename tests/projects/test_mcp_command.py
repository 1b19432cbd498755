"""`manage.py mcp`: a real session over standard input and output, with the index and the API as they are."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command

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
Answers = tuple[set[str], list[Any]]


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


def session(given: Mapping[str, str], folder: Path, calls: Calls) -> Answers:
    """Talk with the command in a process of its own, over its standard input and output."""
    # Loading it takes a second, which only the process that runs these tests need spend.
    from mcp import StdioServerParameters

    command = [str(ROOT / "manage.py"), "mcp"]
    server = StdioServerParameters(command=sys.executable, args=command, env=dict(given), cwd=str(folder))
    return asyncio.run(talk(server, calls))


def session_here(calls: Calls, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Answers:
    """Talk with the server that the command makes in this process."""
    from mcp.server.mcpserver import MCPServer

    found: list[Answers] = []
    monkeypatch.setattr(MCPServer, "run", lambda server, transport: found.append(asyncio.run(talk(server, calls))))
    call_command("mcp", *arguments)
    (answers,) = found
    return answers


async def talk(server: Any, calls: Calls) -> Answers:
    """Return the names of the tools, and of each call what it returned, or why it failed."""
    from mcp import Client

    async with Client(server) as client:
        listed = await client.list_tools()
        answers = [await client.call_tool(name, given) for name, given in calls]
    for tool in listed.tools:
        assert tool.description
        assert tool.annotations is not None
    names = {tool.name for tool in listed.tools if tool.annotations and tool.annotations.read_only_hint}
    others = {f"{tool.name} writes" for tool in listed.tools if tool.name not in names}
    return names | others, [text_of(one) if one.is_error else json.loads(text_of(one)) for one in answers]


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
def test_with_a_key_the_projects_of_an_installation_are_there(
    live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    assess_as(cast.project, usual_rows())
    _, key = make_key(cast.alice, "a model", KeyScope.READ, NOON)
    monkeypatch.setenv("WHEELWAY_URL", live_server.url)
    monkeypatch.setenv("WHEELWAY_API_KEY", key)
    slug = cast.project.slug
    calls: Calls = [
        ("projects", {}),
        ("project_packages", {"slug": slug, "verdict": "blocked"}),
        ("project", {"slug": "../key"}),
        ("watch_target", {"slug": slug, "target": TARGET}),
    ]
    names, answers = session_here(calls, monkeypatch, "--allow-writes")
    assert {"project", "project_plan", "watch_target writes", "send_files writes"} <= names
    listed, rows, elsewhere, watched = answers
    assert [one["slug"] for one in listed["items"]] == [slug]
    assert {row["verdict"] for row in rows["items"]} == {"blocked"}
    # No path leads out of the projects, and a key that only reads changes nothing.
    assert ("404: " in elsewhere, "403: " in watched) == (True, True)
