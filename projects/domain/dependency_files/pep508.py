"""Parse a PEP 508 requirement, and normalise its parts for formats that write them separately."""

from __future__ import annotations

from msgspec import Struct
from packaging.markers import InvalidMarker
from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array
from projects.domain.dependency_files.limits import MAX_MARKER_LENGTH, MAX_REQUIREMENT_LENGTH
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.redaction import environment_variables
from projects.domain.dependency_files.urls import origin_of
from projects.domain.dependency_files.values import LockRule, ParsedRequirement, RequirementOrigin, RequirementScope
from scanner.domain.parsing import parse_dependency_specifier, parse_marker


class MalformedRequirement(ValueError):
    """A requirement that does not follow its standard; the text is a message for the user."""


class RequirementContext(Struct, frozen=True):
    """The fields of a requirement that do not come from its own text: its file, scope, groups and kind."""

    source: str
    scope: RequirementScope = RequirementScope.MAIN
    groups: tuple[str, ...] = ()
    constraint: bool = False
    override: bool = False
    direct: bool | None = True
    lock: LockRule | None = None


def normalize_name(text: object) -> NormalizedName:
    """Return the normalised name (PEP 503). Raises MalformedRequirement."""
    if not isinstance(text, str) or len(text) > 200:
        raise MalformedRequirement("the name is not a string of at most 200 characters")
    try:
        return canonicalize_name(text, validate=True)
    except InvalidName as error:
        raise MalformedRequirement(f"{text!r} is not a valid package name") from error


def normalize_specifier(text: object) -> str:
    """Return the specifier set as packaging spells it; "" and "*" mean any version.

    Raises MalformedRequirement.
    """
    if not isinstance(text, str) or len(text) > MAX_REQUIREMENT_LENGTH:
        raise MalformedRequirement("the version is not a string of at most 8,000 characters")
    if text.strip() in {"", "*"}:
        return ""
    try:
        return str(SpecifierSet(text))
    except (InvalidSpecifier, ValueError, RecursionError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid version specifier") from error


def normalize_version(text: object) -> str:
    """Return the version as packaging spells it (PEP 440). Raises MalformedRequirement."""
    if not isinstance(text, str) or len(text) > 300:
        raise MalformedRequirement("the version is not a string of at most 300 characters")
    try:
        return str(Version(text))
    except (InvalidVersion, ValueError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid version") from error


def normalize_marker(text: object) -> str | None:
    """Return the marker as packaging spells it, None for an empty one. Raises MalformedRequirement."""
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str) or len(text) > MAX_MARKER_LENGTH:
        raise MalformedRequirement(f"the marker is not a string of at most {MAX_MARKER_LENGTH:,} characters")
    try:
        return str(parse_marker(text))
    except (InvalidMarker, ValueError, RecursionError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid environment marker") from error


def all_of(*markers: str | None) -> str | None:
    """Return the marker that holds where all of the given ones hold; None holds everywhere."""
    different = list(dict.fromkeys(marker for marker in markers if marker is not None))
    if len(different) <= 1:
        return different[0] if different else None
    return normalize_marker(" and ".join(f"({marker})" if " or " in marker else marker for marker in different))


def any_of(*markers: str | None) -> str | None:
    """Return the marker that holds where any of the given ones holds; None holds everywhere."""
    if None in markers:
        return None
    return normalize_marker(" or ".join(f"({marker})" for marker in dict.fromkeys(markers)))


def pinned_version(specifier: str) -> str | None:
    """Return the version of a single === or of a single == without a wildcard, else None."""
    if "," in specifier or " || " in specifier or not specifier.startswith("=="):
        return None
    version = specifier.lstrip("=").strip()
    return None if version.endswith(".*") or not version else version


def parse_requirement(
    text: str, context: RequirementContext, line: int | None, raw: str | None = None
) -> ParsedRequirement:
    """Return the requirement in `text` (name, extras, specifier or URL, marker).

    Raises MalformedRequirement, also if the name depends on an environment variable.
    """
    if len(text) > MAX_REQUIREMENT_LENGTH:
        raise MalformedRequirement(f"longer than {MAX_REQUIREMENT_LENGTH:,} characters")
    try:
        requirement = parse_dependency_specifier(text)
        name = canonicalize_name(requirement.name, validate=True)
        specifier = str(requirement.specifier)
        marker = None if requirement.marker is None else str(requirement.marker)
    except (InvalidRequirement, InvalidName, ValueError, RecursionError) as error:
        raise MalformedRequirement(_explain(text, error)) from error
    return ParsedRequirement(
        name=name,
        specifier=specifier,
        extras=tuple(sorted(requirement.extras)),
        marker=marker,
        source=context.source,
        line=line,
        url=requirement.url,
        groups=context.groups,
        scope=context.scope,
        raw=text if raw is None else raw,
        constraint=context.constraint,
        override=context.override,
        direct=context.direct,
        lock=context.lock,
        pinned=pinned_version(specifier),
        origin=RequirementOrigin.INDEX if requirement.url is None else origin_of(requirement.url),
    )


def parse_into(builder: ParsedFilesBuilder, text: object, context: RequirementContext, line: int | None) -> None:
    """Add the requirement in `text`; one that is malformed becomes a problem at its line."""
    if builder.full:
        return
    is_main = context.scope is RequirementScope.MAIN
    if not isinstance(text, str):
        message = f"a requirement must be a string, not {type(text).__name__}"
        builder.add_problem(context.source, line, "", message, unread=is_main)
        return
    try:
        builder.add_requirement(parse_requirement(text, context, line))
    except MalformedRequirement as error:
        builder.add_problem(context.source, line, text, str(error), unread=is_main)


def parse_array(
    builder: ParsedFilesBuilder, value: object, context: RequirementContext, lines: TomlLineNumbers, at: tuple[str, str]
) -> None:
    """Add the requirements in a TOML array; `at` is the header of its table and its key."""
    header, key = at
    if value is not None and not isinstance(value, list):
        builder.add_problem(context.source, lines.key(header, key), key, "must be an array of requirements")
    for item in array(value):
        line = lines.text(item, header, key) if isinstance(item, str) else lines.key(header, key)
        parse_into(builder, item, context, line)


def _explain(text: str, error: Exception) -> str:
    variables = environment_variables(text)
    if variables:
        return f"depends on environment variable {variables[0]}, which is not expanded"
    if isinstance(error, RecursionError):
        return "not a valid requirement: nested too deeply"
    if "{{" in text or "{%" in text:
        return "not a valid requirement: it looks like a template that has not been rendered"
    # The first line says what was expected; the others draw an arrow under the text.
    return f"not a valid requirement: {str(error).partition(chr(10))[0]}"
