"""docs/glossary.md lists the public classes of both domains, and no two public classes share a name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
DOMAINS = ("scanner/domain", "projects/domain")
# Django finds a command by its module and takes the class of this name.
NAMED_BY_DJANGO = {"Command"}


def public_classes(*tops: str) -> Iterator[tuple[Path, ast.ClassDef]]:
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                for node in classes_of(path):
                    yield path.relative_to(ROOT), node


@cache
def classes_of(path: Path) -> list[ast.ClassDef]:
    tree = ast.parse(path.read_text())
    return [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]


def row(path: Path, node: ast.ClassDef) -> str:
    """The glossary's line for a class: what its docstring says first."""
    words = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
    first = re.match(r".+?\.(?=\s|$)", words)
    return f"| `{node.name}` | `{path.name}` | {first[0] if first else words} |"


def expected_rows() -> dict[str, list[str]]:
    """The lines by room, sorted by class."""
    rows: dict[str, list[str]] = defaultdict(list)
    for path, node in public_classes(*DOMAINS):
        rows[path.parent.as_posix()].append(row(path, node))
    return {room: sorted(lines, key=str.casefold) for room, lines in rows.items()}


def written_rows() -> dict[str, list[str]]:
    rows: dict[str, list[str]] = defaultdict(list)
    room = ""
    for line in GLOSSARY.read_text().splitlines():
        if heading := re.match(r"### `(.+)`$", line):
            room = heading[1]
        elif line.startswith("#"):
            room = ""
        elif room and line.startswith("| `"):
            rows[room].append(line)
    return dict(rows)


def test_the_glossary_lists_each_public_class_of_a_domain_as_its_docstring_describes_it() -> None:
    expected, written = expected_rows(), written_rows()
    faults = []
    for room in sorted({*expected, *written}):
        wanted, found = expected.get(room, []), written.get(room, [])
        faults += [f"add under ### `{room}`: {line}" for line in wanted if line not in found]
        faults += [f"remove from ### `{room}`: {line}" for line in found if line not in wanted]
        faults += [f"sort by class: ### `{room}`"] if sorted(wanted) == sorted(found) and wanted != found else []
    assert not faults, "docs/glossary.md:\n" + "\n".join(faults)


def test_what_the_glossary_calls_names_in_code_exist() -> None:
    words = GLOSSARY.read_text().partition("## Classes")[0]
    cells = [line.split("|")[3] for line in words.splitlines() if line.count("|") == 5]
    named = {part for cell in cells for name in re.findall(r"`([\w.]+)`", cell) for part in name.split(".")}
    assert len(named) > 20
    code = {
        word
        for app in ("compat_site", "projects", "scanner")
        for path in (ROOT / app).rglob("*.py")
        for word in re.findall(r"\w+", path.read_text())
    }
    assert sorted(named - code) == []


def test_no_two_public_classes_share_a_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, node in public_classes("compat_site", "projects", "scanner"):
        places[node.name].append(path.as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in NAMED_BY_DJANGO} == {}
