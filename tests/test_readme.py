"""The documents promise only what exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[1]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_in_the_documents_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    named = set(re.findall(r"(?:^|`| )make ([a-z][a-z-]*)(?=[` \n])", "\n".join(code_in(text))))
    assert named <= MAKE_TARGETS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_management_commands_in_the_documents_exist(document: str) -> None:
    named = set(re.findall(r"manage\.py ([a-z_-]+)", (ROOT / document).read_text()))
    assert named <= set(get_commands())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_in_the_documents_lead_to_files(document: str) -> None:
    text = (ROOT / document).read_text()
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if link and not ((ROOT / document).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_named_in_the_documents_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    paths = set(re.findall(r"`((?:compat_site|scanner|projects|tests|templates|\.ci)/[\w./-]+?)`", text))
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_every_make_target_has_a_help_line() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == MAKE_TARGETS


def test_operations_names_every_variable_that_the_settings_read() -> None:
    files = [path for room in ("common", "settings") for path in sorted((ROOT / "compat_site" / room).glob("*.py"))]
    settings = "".join(path.read_text() for path in files)
    read = set(re.findall(r'(?:env\.\w+\(\s*|\("[^"]+", )"([A-Z_]+)"', settings))
    assert read
    first_cells = re.findall(
        r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*)", (ROOT / "docs/operations.md").read_text(), re.MULTILINE
    )
    documented = {name for cell in first_cells for name in re.findall("[A-Z_]+", cell)}
    assert read == documented


def code_in(markdown: str) -> list[str]:
    """The fenced blocks and the inline code of a document, where commands stand."""
    return re.findall(r"```.*?```|`[^`\n]+`", markdown, re.DOTALL)
