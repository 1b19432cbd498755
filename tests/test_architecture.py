"""The import rules of docs/architecture.md, held by the contracts in pyproject.toml."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
APPS = ("compat_site", "projects", "scanner")


def lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    command = [str(program), "--no-cache", "--config", str(ROOT / "pyproject.toml"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_every_contract_is_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("scanner/selectors/candidates.py", "import projects.models", "apps"),
        ("projects/domain/assessment/verdicts.py", "import django.db", "domain"),
        ("projects/presentation/risk_table/table.py", "import django.db", "domain"),
        ("scanner/domain/resolution/pubgrub/solver.py", "import packaging", "solver"),
        ("scanner/domain/files/filenames.py", "import requests", "domain"),
        ("scanner/models/packages.py", "import scanner.services", "scanner-inside"),
        ("projects/models/__init__.py", "import projects.services", "projects-inside"),
        ("projects/tasks.py", "import scanner.index", "scanner-doors"),
        ("projects/services/accounts.py", "import requests", "http"),
    ],
    ids=str,
)
def test_a_contract_sees_its_breach(module: str, line: str, contract: str, tmp_path: Path) -> None:
    # A tree of empty modules with the same names, and one forbidden import.
    for source in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
    (tmp_path / module).write_text(line + "\n")
    broken = lint_imports(tmp_path, "--contract", contract)
    assert broken.returncode == 1, broken.stdout
    assert "BROKEN" in broken.stdout


PARSERS = {"packaging.markers": "Marker", "packaging.requirements": "Requirement", "packaging.pylock": "Pylock"}


def calls_of_parsers(source: str) -> list[int]:
    """The lines that call a parser which makes a syntax tree."""
    if not any(name in source for name in (*PARSERS, "ast.")):
        return []
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in PARSERS
        for alias in node.names
        if alias.name == PARSERS[node.module]
    }
    called = [(node.lineno, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        line for line, name in called if name.split(".")[0] in imported or name in ("ast.parse", "ast.literal_eval")
    ]


def test_only_one_module_makes_syntax_trees() -> None:
    assert calls_of_parsers("from packaging.markers import Marker\n\nMarker('')\nast.parse('')") == [3, 4]
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in sources if calls_of_parsers(path.read_text())}
    assert found == {"scanner/domain/parsing.py"}


def drawn_rooms() -> set[str]:
    """The folders in the drawing of docs/architecture.md."""
    drawing = (ROOT / "docs" / "architecture.md").read_text().split("```")[1]
    rooms, above = set(), [""]
    for line in drawing.splitlines():
        if found := re.match(r"( *)((?:\w+/ *)+)", line):
            depth = len(found[1]) // 2
            names = found[2].split()
            rooms |= {"".join([*above[1 : depth + 1], name]).rstrip("/") for name in names}
            above = [*above[: depth + 1], names[0]]
    return rooms


def test_the_drawing_shows_the_rooms_that_there_are() -> None:
    drawn = drawn_rooms()
    assert {room for room in drawn if not (ROOT / room).is_dir()} == set()
    packages = {path.parent.relative_to(ROOT).as_posix() for app in APPS for path in (ROOT / app).rglob("__init__.py")}
    rooms = {package for package in packages if "/management/" not in package and not package.endswith("/migrations")}
    assert {room for room in rooms if not room.startswith("compat_site/")} - drawn == set()
