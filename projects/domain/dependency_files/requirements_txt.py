"""requirements.txt and constraints files, line by line: one bad line is one problem and the rest counts.

Follows pip's requirements file format. Nothing is expanded, fetched or run; includes are handed to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from projects.domain.dependency_files.limits import MAX_LINE_LENGTH
from projects.domain.dependency_files.line_options import BadOption, LineOptions, parse_options, split_options
from projects.domain.dependency_files.lines import LogicalLine, logical_lines
from projects.domain.dependency_files.pep508 import Malformed, Place, normal_marker, parse, pin_of
from projects.domain.dependency_files.redaction import environment_variables
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.urls import is_archive, is_url, point
from projects.domain.dependency_files.values import IndexOption, Origin, ParsedRequirement, Unnamed

# (target as written, line, whether it is a constraints file)
Include = Callable[[str, int, bool], None]

_TRAILING_EXTRAS = re.compile(r"(?P<path>.+?)\[(?P<extras>[A-Za-z0-9._,\s\-]{0,300})\]")
# The algorithms that pip trusts; with any other it refuses the file.
_HASH = re.compile(r"(?:sha256|sha384|sha512):\S{1,200}")
_BARE_VERSION_CONTROL = ("git:", "hg:", "svn:", "bzr:")
_INDEX_OPTIONS = {"index-url", "extra-index-url", "no-index", "find-links"}
_CODE = re.compile(r"(?:from\s+[\w.]+\s+)?import\s+\w|def\s+\w+\(|#!|<\?xml|<!doctype|<html", re.IGNORECASE)


def read_requirements(report: Report, content: str, place: Place, include: Include) -> None:
    """Put everything that `content` asks for into `report`; never raises."""
    for line in logical_lines(content):
        if line.text:
            read_line(report, line, place, include)


def read_line(report: Report, line: LogicalLine, place: Place, include: Include | None) -> None:
    """Read one logical line; without `include` (a conda list, say) an include is a problem."""
    if report.full:
        return
    if len(line.text) > MAX_LINE_LENGTH:
        report.problem(place.source, line.number, line.text[:500], f"longer than {MAX_LINE_LENGTH:,} characters")
        return
    text, option_text = split_options(line.text)
    try:
        options = parse_options(option_text)
        hashes = _hashes(options)
    except BadOption as error:
        report.problem(place.source, line.number, line.text, str(error))
        return
    editables = options.values("editable")
    if text:
        if editables:
            report.problem(place.source, line.number, line.text, "-e after a requirement has no effect")
        _read_requirement(report, text, line, place, hashes, editable=False)
    elif editables:
        _read_requirement(report, editables[0], line, place, hashes, editable=True)
        for more in editables[1:]:
            report.problem(place.source, line.number, more, "pip reads only the first -e of a line")
    else:
        _read_options(report, line, options, place, include)
    if options.rest:
        report.problem(place.source, line.number, " ".join(options.rest), "pip ignores what follows the options")


def _read_options(
    report: Report, line: LogicalLine, options: LineOptions, place: Place, include: Include | None
) -> None:
    included = [
        (value, name == "constraint") for name, value in options.options if name in {"requirement", "constraint"}
    ]
    # Of several on one line pip follows one: a -r wins over a -c.
    included.sort(key=lambda item: item[1])
    for position, (target, constraint) in enumerate(included):
        if position:
            report.problem(place.source, line.number, target, "pip follows only one -r or -c of a line")
        elif include is None:
            report.problem(place.source, line.number, target, "an include is not followed here")
        else:
            include(target, line.number, constraint)
    for name, value in options.options:
        if name == "hash":
            report.problem(place.source, line.number, line.text, "--hash without a requirement has no effect")
        elif name in _INDEX_OPTIONS:
            report.index(IndexOption(name), value, place.source, line.number)
        elif name not in {"requirement", "constraint"}:
            report.option(name, value, place.source, line.number)


def _hashes(options: LineOptions) -> tuple[str, ...]:
    hashes = options.values("hash")
    for value in hashes:
        if not _HASH.fullmatch(value):
            raise BadOption("pip takes --hash only as sha256:, sha384: or sha512: and a digest")
    return tuple(value.lower() for value in hashes)


def _read_requirement(
    report: Report, text: str, line: LogicalLine, place: Place, hashes: tuple[str, ...], *, editable: bool
) -> None:
    try:
        requirement = _parse(text, line, place, editable=editable)
    except Malformed as error:
        report.problem(place.source, line.number, line.text, str(error))
        return
    if isinstance(requirement, Unnamed):
        report.leave_unnamed(replace(requirement, editable=editable))
        return
    if place.constraint and requirement.extras:
        message = "pip refuses a constraint with extras; the extras are left out"
        report.problem(place.source, line.number, line.text, message)
        requirement = replace(requirement, extras=())
    report.require(replace(requirement, hashes=hashes, editable=editable, raw=line.text))


def _parse(text: str, line: LogicalLine, place: Place, *, editable: bool) -> ParsedRequirement | Unnamed:
    if editable and text.lower().startswith(_BARE_VERSION_CONTROL):
        # As pip reads it after -e: git://… stands for git+git://….
        text = f"{text.partition(':')[0]}+{text}"
    if is_url(text):
        return _parse_address(text, line, place, is_path=False)
    head = text.partition("@")[0]
    # "name @ url" holds slashes too; a path has them, or a leading dot, before any "@".
    has_url = "@" in text and "/" not in head and not head.startswith(".")
    stem = text.partition(";")[0].strip()
    looks_like_path = stem.startswith((".", "~")) or "/" in stem or "\\" in stem
    if not has_url and (looks_like_path or is_archive(stem) or editable):
        if _CODE.match(text):
            raise Malformed("this line is not from a requirements file")
        if "{{" in text or "{%" in text:
            raise Malformed("not a valid requirement: it looks like a template that has not been rendered")
        odd = any(mark in stem for mark in "<>=!") or "://" in stem
        if odd and not editable and not stem.startswith((".", "/", "~")):
            raise Malformed("neither a valid requirement nor a path")
        return _parse_address(text, line, place, is_path=True)
    return parse(text, place, line.number, raw=line.text)


def _parse_address(text: str, line: LogicalLine, place: Place, *, is_path: bool) -> ParsedRequirement | Unnamed:
    # A URL may hold ";": there only "; " begins a marker.
    address, separator, marker_text = text.partition(";" if is_path else "; ")
    if not separator and not is_path:
        address, separator, marker_text = text.partition(" ;")
    address = address.strip()
    marker = normal_marker(marker_text)
    if " " in address and not is_path:
        raise Malformed("a URL holds no spaces")
    extras: tuple[str, ...] = ()
    found = _TRAILING_EXTRAS.fullmatch(address) if "#" not in address else None
    if found and (is_path or is_archive(found["path"])):
        address = found["path"]
        extras = tuple(sorted(extra.strip() for extra in found["extras"].split(",") if extra.strip()))
    pointer = point(address)
    extras = extras or tuple(sorted(pointer.extras))
    origin = Origin.PATH if is_path else pointer.origin
    if pointer.name is None:
        variables = environment_variables(address)
        if variables and not is_path:
            raise Malformed(f"the name depends on environment variable {variables[0]}, which is never expanded here")
        return Unnamed(place.source, line.number, origin, text, extras, marker)
    specifier = "" if pointer.version is None else f"=={pointer.version}"
    return ParsedRequirement(
        name=pointer.name,
        specifier=specifier,
        extras=extras,
        marker=marker,
        source=place.source,
        line=line.number,
        url=address,
        groups=place.groups,
        scope=place.scope,
        constraint=place.constraint,
        override=place.override,
        direct=place.direct,
        locked=place.locked,
        pinned=pin_of(specifier),
        origin=origin,
        url_version=pointer.version,
    )
