"""requirements.txt and constraints files, line by line: a malformed line is a problem and the rest counts.

The rules are those of pip's requirements file format. Nothing is expanded, fetched or run; the caller reads includes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.limits import MAX_LINE_LENGTH
from projects.domain.dependency_files.line_options import InvalidOption, LineOptions, parse_options, split_options
from projects.domain.dependency_files.lines import LogicalLine, logical_lines
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    normalize_marker,
    parse_requirement,
    pinned_version,
)
from projects.domain.dependency_files.redaction import environment_variables
from projects.domain.dependency_files.urls import is_archive, is_url, parse_direct_reference
from projects.domain.dependency_files.values import (
    IndexOption,
    ParsedRequirement,
    RequirementOrigin,
    UnnamedRequirement,
)

# (target as written, line, whether it is a constraints file)
Include = Callable[[str, int, bool], None]

_TRAILING_EXTRAS = re.compile(r"(?P<path>.+?)\[(?P<extras>[A-Za-z0-9._,\s\-]{0,300})\]")
# The algorithms that pip trusts; with any other it refuses the file.
_HASH = re.compile(r"(?:sha256|sha384|sha512):\S{1,200}")
_BARE_VERSION_CONTROL = ("git:", "hg:", "svn:", "bzr:")
_INDEX_OPTIONS = {"index-url", "extra-index-url", "no-index", "find-links"}
_NOT_FOLLOWED = {
    "prefer-binary": "the newest release that the policy installs is taken, also one that is built",
    "all-releases": "pre-releases count as PEP 440 says",
    "only-final": "pre-releases count as PEP 440 says",
}
_CODE = re.compile(r"(?:from\s+[\w.]+\s+)?import\s+\w|def\s+\w+\(|#!|<\?xml|<!doctype|<html", re.IGNORECASE)


def read_requirements(builder: ParsedFilesBuilder, content: str, context: RequirementContext, include: Include) -> None:
    """Read every line of `content`. Never raises."""
    for line in logical_lines(content):
        if line.text:
            read_line(builder, line, context, include)


def read_line(
    builder: ParsedFilesBuilder, line: LogicalLine, context: RequirementContext, include: Include | None
) -> None:
    """Read one logical line; without `include` an include is a problem."""
    if builder.full:
        return
    if len(line.text) > MAX_LINE_LENGTH:
        builder.add_unread(context.source, line.number, line.text[:500], f"longer than {MAX_LINE_LENGTH:,} characters")
        return
    text, option_text = split_options(line.text)
    try:
        options = parse_options(option_text)
        hashes = _hashes(options)
    except InvalidOption as error:
        builder.add_unread(context.source, line.number, line.text, str(error))
        return
    editables = options.values("editable")
    if text:
        if editables:
            builder.add_problem(context.source, line.number, line.text, "-e after a requirement has no effect")
        _read_requirement(builder, text, line, context, hashes, editable=False)
    elif editables:
        _read_requirement(builder, editables[0], line, context, hashes, editable=True)
        for more in editables[1:]:
            builder.add_problem(context.source, line.number, more, "pip reads only the first -e of a line")
    else:
        _read_options(builder, line, options, context, include)
    if options.rest:
        builder.add_problem(context.source, line.number, " ".join(options.rest), "pip ignores what follows the options")


def _read_options(
    builder: ParsedFilesBuilder,
    line: LogicalLine,
    options: LineOptions,
    context: RequirementContext,
    include: Include | None,
) -> None:
    included = [
        (value, name == "constraint") for name, value in options.options if name in {"requirement", "constraint"}
    ]
    # Of several on one line pip follows one, and a -r before a -c.
    included.sort(key=lambda item: item[1])
    for position, (target, constraint) in enumerate(included):
        if position:
            builder.add_problem(context.source, line.number, target, "pip follows only one -r or -c of a line")
        elif include is None:
            builder.add_unread(context.source, line.number, target, "an include is not followed here")
        else:
            include(target, line.number, constraint)
    for name, value in options.options:
        if name == "hash":
            builder.add_problem(context.source, line.number, line.text, "--hash without a requirement has no effect")
        elif name in _INDEX_OPTIONS:
            builder.add_index(IndexOption(name), value, context.source, line.number)
        elif name not in {"requirement", "constraint"}:
            builder.add_option(name, value, context.source, line.number)
            if name in _NOT_FOLLOWED:
                builder.add_problem(context.source, line.number, line.text, f"not followed: {_NOT_FOLLOWED[name]}")


def _hashes(options: LineOptions) -> tuple[str, ...]:
    hashes = options.values("hash")
    for value in hashes:
        if not _HASH.fullmatch(value):
            raise InvalidOption("--hash must be sha256:, sha384: or sha512: and a digest")
    return tuple(value.lower() for value in hashes)


def _read_requirement(
    builder: ParsedFilesBuilder,
    text: str,
    line: LogicalLine,
    context: RequirementContext,
    hashes: tuple[str, ...],
    *,
    editable: bool,
) -> None:
    try:
        requirement = _parse(text, line, context, editable=editable)
    except MalformedRequirement as error:
        builder.add_problem(context.source, line.number, line.text, str(error), unread=not context.constraint)
        return
    if isinstance(requirement, UnnamedRequirement):
        builder.add_unnamed(replace(requirement, editable=editable))
        return
    if context.constraint and requirement.extras:
        message = "pip refuses a constraint with extras; the extras are left out"
        builder.add_problem(context.source, line.number, line.text, message)
        requirement = replace(requirement, extras=())
    builder.add_requirement(replace(requirement, hashes=hashes, editable=editable, raw=line.text))


def _parse(
    text: str, line: LogicalLine, context: RequirementContext, *, editable: bool
) -> ParsedRequirement | UnnamedRequirement:
    if editable and text.lower().startswith(_BARE_VERSION_CONTROL):
        # As pip reads it after -e: git://… stands for git+git://….
        text = f"{text.partition(':')[0]}+{text}"
    if is_url(text):
        return _parse_address(text, line, context, is_path=False)
    head = text.partition("@")[0]
    # "name @ url" holds slashes too; a path has them, or a leading dot, before any "@".
    has_url = "@" in text and "/" not in head and not head.startswith(".")
    stem = text.partition(";")[0].strip()
    looks_like_path = stem.startswith((".", "~")) or "/" in stem or "\\" in stem
    if not has_url and (looks_like_path or is_archive(stem) or editable):
        if _CODE.match(text):
            raise MalformedRequirement("this line is not from a requirements file")
        if "{{" in text or "{%" in text:
            raise MalformedRequirement("not a valid requirement: it looks like a template that has not been rendered")
        odd = any(mark in stem for mark in "<>=!") or "://" in stem
        if odd and not editable and not stem.startswith((".", "/", "~")):
            raise MalformedRequirement("neither a valid requirement nor a path")
        return _parse_address(text, line, context, is_path=True)
    return parse_requirement(text, context, line.number, raw=line.text)


def _parse_address(
    text: str, line: LogicalLine, context: RequirementContext, *, is_path: bool
) -> ParsedRequirement | UnnamedRequirement:
    # A URL may hold ";": there only "; " begins a marker.
    address, separator, marker_text = text.partition(";" if is_path else "; ")
    if not separator and not is_path:
        address, separator, marker_text = text.partition(" ;")
    address = address.strip()
    marker = normalize_marker(marker_text)
    if " " in address and not is_path:
        raise MalformedRequirement("a URL holds no spaces")
    extras: tuple[str, ...] = ()
    found = _TRAILING_EXTRAS.fullmatch(address) if "#" not in address else None
    if found and (is_path or is_archive(found["path"])):
        address = found["path"]
        extras = tuple(sorted(extra.strip() for extra in found["extras"].split(",") if extra.strip()))
    reference = parse_direct_reference(address)
    extras = extras or tuple(sorted(reference.extras))
    origin = RequirementOrigin.PATH if is_path else reference.origin
    if reference.name is None:
        variables = environment_variables(address)
        if variables and not is_path:
            raise MalformedRequirement(
                f"the name depends on environment variable {variables[0]}, which is never expanded here"
            )
        return UnnamedRequirement(context.source, line.number, origin, text, extras, marker)
    specifier = "" if reference.version is None else f"=={reference.version}"
    return ParsedRequirement(
        name=reference.name,
        specifier=specifier,
        extras=extras,
        marker=marker,
        source=context.source,
        line=line.number,
        url=address,
        groups=context.groups,
        scope=context.scope,
        constraint=context.constraint,
        override=context.override,
        direct=context.direct,
        lock=context.lock,
        pinned=pinned_version(specifier),
        origin=origin,
    )
