"""setup.cfg of setuptools: [options] and [options.extras_require]; a project that uses pbr gets a problem."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import IniOption, UnreadableDocument, interpolate, load_ini
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    parse_into,
    parse_requirement,
)
from projects.domain.dependency_files.pyproject import IncludeFile
from projects.domain.dependency_files.values import RequirementScope


def read_setup_cfg(builder: ParsedFilesBuilder, text: str, path: str, include: IncludeFile) -> None:
    """Read install_requires, extras, setup_requires (build) and tests_require (the extra "tests_require")."""
    sections = load_ini(text)
    for name in ("options", "options.extras_require"):
        try:
            sections[name] = interpolate(sections.get(name, {}), sections.get("DEFAULT", {}))
        except UnreadableDocument as error:
            builder.add_problem(path, error.line, "", str(error))
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    if "name" in metadata:
        builder.add_project_name(metadata["name"].text)
    python = options.get("python_requires")
    if python is not None:
        builder.add_python(" ".join(python.text.split()), path, python.lines[0][0])
    contexts = {
        "install_requires": RequirementContext(path),
        "setup_requires": RequirementContext(path, RequirementScope.BUILD, ("setup_requires",)),
        "tests_require": RequirementContext(path, RequirementScope.EXTRA, ("tests-require",)),
    }
    for key, context in contexts.items():
        if key in options:
            _read_list(builder, options[key], context, include)
    for extra, option in sections.get("options.extras_require", {}).items():
        context = extra_context(path, extra)
        builder.add_choices(context.scope, context.groups)
        _read_list(builder, option, context, include)
    if "pbr" in sections or ("files" in sections and not options and "packages" in sections["files"]):
        read_pbr(builder, path, None, include)


def read_pbr(builder: ParsedFilesBuilder, path: str, line: int | None, include: IncludeFile) -> None:
    """Read requirements.txt beside the file, from which pbr takes the requirements, and say so in a problem."""
    builder.add_problem(path, line, "", "pbr takes the requirements from requirements.txt beside this file")
    include("requirements.txt", line, RequirementContext(path))


def extra_context(path: str, extra: str) -> RequirementContext:
    """Return the context of an extra. The marker of a "name:marker" key is left to the caller."""
    name = canonicalize_name(extra.partition(":")[0].strip()[:120])
    return RequirementContext(path, RequirementScope.EXTRA, (name,)) if name else RequirementContext(path)


def _read_list(
    builder: ParsedFilesBuilder, option: IniOption, context: RequirementContext, include: IncludeFile
) -> None:
    lines = [(number, text) for number, text in option.lines if text]
    if len(lines) == 1 and len(option.lines) == 1 and not lines[0][1].startswith("file:"):
        # On one line setuptools separates by semicolons, which precede a marker too.
        number, text = lines[0]
        if _is_one(text, context, number):
            parse_into(builder, text, context, number)
            return
        lines = [(number, part.strip()) for part in text.split(";") if part.strip()]
    for number, text in lines:
        if text.startswith("file:"):
            for file in text.removeprefix("file:").split(","):
                include(file.strip(), number, context)
        else:
            # setuptools cuts trailing comments of a list entry as pip does.
            parse_into(builder, text.partition(" #")[0].strip(), context, number)


def _is_one(text: str, context: RequirementContext, line: int) -> bool:
    try:
        parse_requirement(text, context, line)
    except MalformedRequirement:
        return False
    return True
