"""Inline script metadata (PEP 723): the `# /// script` block of a Python file, read without running it."""

from __future__ import annotations

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import UnreadableDocument, get_in, load_toml, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.pep508 import RequirementContext, parse_array
from projects.domain.dependency_files.pyproject_tools import apply_uv_sources, read_uv
from projects.domain.dependency_files.values import RequirementScope

_START = "# /// script"
_END = "# ///"


def script_block(text: str) -> str | None:
    """Return the TOML of the block on its lines in the file (other lines empty); None without a complete block.

    Raises UnreadableDocument if the file has more than one block.
    """
    lines = [line.rstrip() for line in text.splitlines()]
    starts = [number for number, line in enumerate(lines) if line == _START]
    found: list[str] | None = None
    after = -1
    for start in starts:
        if start <= after:
            continue
        end = None
        position = start + 1
        while position < len(lines) and (lines[position] == "#" or lines[position].startswith("# ")):
            if lines[position] == _END:
                end = position
            position += 1
        # The block ends at the last "# ///" of its run of comments.
        after = position - 1
        if end is None:
            continue
        if found is not None:
            raise UnreadableDocument("more than one script block, which PEP 723 forbids", start + 1)
        content = [line[2:] if line.startswith("# ") else "" for line in lines[start + 1 : end]]
        found = [""] * (start + 1) + content
    return None if found is None else "\n".join(found)


def read_script(builder: ParsedFilesBuilder, text: str, path: str, *, apart: bool = False) -> None:
    """Read dependencies and requires-python of the block. Never raises.

    `apart`: beside other files the script has an environment of its own. Its dependencies are then a group that has its
    path for a name, and its Python and its settings for the installer are not those of the project.
    """
    try:
        block = script_block(text)
        document = {} if block is None else load_toml(block)
    except UnreadableDocument as error:
        builder.add_problem(path, error.line, "", str(error))
        return
    if block is None:
        builder.add_problem(path, None, "", "a Python file without a script block (PEP 723): nothing to read")
        return
    lines = TomlLineNumbers(block)
    context = RequirementContext(path)
    if apart:
        context = RequirementContext(path, RequirementScope.ENVIRONMENT, (path[:120],))
        builder.add_choices(context.scope, context.groups)
        message = f"a script has an environment of its own: not counted, unless group {path[:120]} is chosen"
        builder.add_problem(path, None, "", message)
    else:
        builder.add_python(document.get("requires-python"), path, lines.key("", "requires-python"))
        read_uv(builder, table(get_in(document, "tool", "uv")), path, lines)
    start = len(builder.requirements)
    parse_array(builder, document.get("dependencies"), context, lines, ("", "dependencies"))
    apply_uv_sources(builder, table(get_in(document, "tool", "uv", "sources")), start, path, lines)
