"""One PEP 508 text → a ParsedRequirement; and the checks for its parts that come apart in other formats."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.limits import MAX_MARKER_LENGTH, MAX_REQUIREMENT_LENGTH
from projects.domain.dependency_files.redaction import environment_variables
from projects.domain.dependency_files.urls import origin_of, parse_direct_reference
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin, RequirementScope


class MalformedRequirement(ValueError):
    """A part of a requirement does not follow its standard; the text is a message for the user."""


@dataclass(frozen=True, slots=True)
class RequirementContext:
    """Where a requirement stands and on whose behalf: the fields that do not come from its own text."""

    source: str
    scope: RequirementScope = RequirementScope.MAIN
    groups: tuple[str, ...] = ()
    constraint: bool = False
    override: bool = False
    direct: bool | None = True
    locked: bool = False


def normalize_name(text: object) -> NormalizedName:
    """The normalised name; raises MalformedRequirement if it is not a valid one."""
    if not isinstance(text, str) or len(text) > 200:
        raise MalformedRequirement("the name is not a text of at most 200 characters")
    try:
        return canonicalize_name(text, validate=True)
    except InvalidName as error:
        raise MalformedRequirement(f"{text!r} is not a valid package name") from error


def normalize_specifier(text: object) -> str:
    """Return the specifier set as packaging spells it; "" and "*" mean any version.

    Raises MalformedRequirement.
    """
    if not isinstance(text, str) or len(text) > MAX_REQUIREMENT_LENGTH:
        raise MalformedRequirement("the version is not a text of usable length")
    if text.strip() in {"", "*"}:
        return ""
    try:
        return str(SpecifierSet(text))
    except (InvalidSpecifier, ValueError, RecursionError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid version specifier") from error


def normalize_version(text: object) -> str:
    """The version as packaging spells it; raises MalformedRequirement."""
    if not isinstance(text, str) or len(text) > 300:
        raise MalformedRequirement("the version is not a text of at most 300 characters")
    try:
        return str(Version(text))
    except (InvalidVersion, ValueError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid version") from error


def normalize_marker(text: object) -> str | None:
    """The marker as packaging spells it, None for none; raises MalformedRequirement."""
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str) or len(text) > MAX_MARKER_LENGTH:
        raise MalformedRequirement("the marker is not a text of usable length")
    try:
        return str(Marker(text))
    except (InvalidMarker, ValueError, RecursionError) as error:
        raise MalformedRequirement(f"{text!r} is not a valid environment marker") from error


def pinned_version(specifier: str) -> str | None:
    """The version of a single === or of a single == without a wildcard, else None."""
    if "," in specifier or " || " in specifier or not specifier.startswith("=="):
        return None
    version = specifier.lstrip("=").strip()
    return None if version.endswith(".*") or not version else version


def parse_requirement(
    text: str, context: RequirementContext, line: int | None, raw: str | None = None
) -> ParsedRequirement:
    """The requirement that `text` (name, extras, specifier or URL, marker) states.

    Raises MalformedRequirement with a message for the user, also when the name hangs on an environment variable.
    """
    if len(text) > MAX_REQUIREMENT_LENGTH:
        raise MalformedRequirement(f"longer than {MAX_REQUIREMENT_LENGTH:,} characters")
    try:
        requirement = Requirement(text)
        name = canonicalize_name(requirement.name, validate=True)
        specifier = str(requirement.specifier)
        marker = None if requirement.marker is None else str(requirement.marker)
    except (InvalidRequirement, InvalidName, ValueError, RecursionError) as error:
        raise MalformedRequirement(_explain(text, error)) from error
    reference = parse_direct_reference(requirement.url) if requirement.url else None
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
        locked=context.locked,
        pinned=pinned_version(specifier),
        origin=RequirementOrigin.INDEX if requirement.url is None else origin_of(requirement.url),
        url_version=None if reference is None else reference.version,
    )


def parse_into(
    builder: ParsedFilesBuilder, text: object, context: RequirementContext, line: int | None
) -> ParsedRequirement | None:
    """Parse `text` into the report; what does not parse becomes a problem there and gives None."""
    if builder.full:
        return None
    if not isinstance(text, str):
        builder.add_problem(context.source, line, "", f"a requirement must be a text, not {type(text).__name__}")
        return None
    try:
        requirement = parse_requirement(text, context, line)
    except MalformedRequirement as error:
        builder.add_problem(context.source, line, text, str(error))
        return None
    builder.add_requirement(requirement)
    return requirement


def _explain(text: str, error: Exception) -> str:
    variables = environment_variables(text)
    if variables:
        return f"depends on environment variable {variables[0]}, which is never expanded here"
    if isinstance(error, RecursionError):
        return "not a valid requirement: nested too deeply"
    if "{{" in text or "{%" in text:
        return "not a valid requirement: it looks like a template that has not been rendered"
    # The first line says what was expected; the rest draws an arrow under the text.
    return f"not a valid requirement: {str(error).partition(chr(10))[0]}"
