"""pdm.lock, versions 2 to 4.5: groups and markers since 4.4, files in the packages or under [metadata]."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    file_hashes,
    lock_context,
    locked_package,
    parse_dependencies,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership
from projects.domain.dependency_files.pep508 import MalformedRequirement, RequirementContext, all_of, normalize_marker
from projects.domain.dependency_files.poetry_versions import python_marker
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import remote_origin, version_control_origin
from projects.domain.dependency_files.values import LockRule, RequirementOrigin, RequirementScope

_SYSTEMS = {
    **dict.fromkeys(("linux", "manylinux", "musllinux", "alpine"), "linux"),
    "win": "win32",
    "macos": "darwin",
}
_MACHINES = {
    **dict.fromkeys(("amd64", "x86_64"), ("x86_64", "AMD64")),
    **dict.fromkeys(("arm64", "aarch64"), ("arm64", "aarch64", "ARM64")),
    "x86": ("x86",),
}


def read_pdm_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package; one that is required with extras has a second entry with them, as in the lock."""
    lines = TomlLineNumbers(text)
    _add_targets(builder, [table(one) for one in array(get_in(document, "metadata", "targets"))], path, lines)
    groups = strings(get_in(document, "metadata", "groups"))
    builder.add_choices(RequirementScope.GROUP, (group for group in groups if group != "default"))
    files = table(get_in(document, "metadata", "files"))
    # Only with this strategy a package has the whole condition on which it is installed.
    inherits = "inherit_metadata" in strings(get_in(document, "metadata", "strategy"))
    rule = LockRule.PACKAGES if inherits else LockRule.GRAPH

    def read(fields: dict[str, object], line: int | None) -> None:
        origin, url = _origin(fields)
        name_and_version = f"{string(fields.get('name'))} {string(fields.get('version'))}"
        builder.add_requirement(
            locked_package(
                fields,
                _context(fields, lock_context(path, rule)),
                line,
                origin=origin,
                url=url,
                marker=fulfil_membership(normalize_marker(fields.get("marker"))),
                hashes=file_hashes(fields.get("files") or files.get(name_and_version)),
                dependencies=parse_dependencies(builder, fields.get("dependencies"), path, line),
                editable=fields.get("editable") is True,
            )
        )

    read_packages(builder, array(document.get("package")), path, lines, "package", read)


def _add_targets(
    builder: ParsedFilesBuilder, targets: list[dict[str, object]], path: str, lines: TomlLineNumbers
) -> None:
    """Read the targets that the lock is for: each a range of Pythons, perhaps a platform and an implementation."""
    line = lines.header("metadata.targets")
    markers: list[str | None] = []
    texts = []
    for target in targets:
        python, platform = string(target.get("requires_python")) or "", string(target.get("platform")) or ""
        implementation = string(target.get("implementation")) or ""
        builder.add_hint("python", python, path, lines.text(python, "metadata.targets"))
        try:
            marker = all_of(
                normalize_marker(python_marker(python)),
                normalize_marker(_platform_marker(platform)),
                normalize_marker(f'implementation_name == "{implementation}"' if implementation else None),
            )
        except MalformedRequirement as error:
            builder.add_problem(path, line, python, str(error))
            return
        markers.append(marker)
        texts.append(" ".join(filter(None, (python, platform, implementation))))
    if markers and None not in markers:
        found = tuple(marker for marker in markers if marker is not None)
        builder.add_limit(LimitKind.LOCK_ENVIRONMENTS, ", ".join(texts), path, line, markers=found)


def _platform_marker(platform: str) -> str | None:
    """Return the marker for a platform in PDM's words: "linux", "windows_amd64", "macos_14_0_arm64", "musllinux_…"."""
    system = next((value for start, value in _SYSTEMS.items() if platform.startswith(start)), None)
    if system is None:
        return None
    machines = next((names for end, names in _MACHINES.items() if platform.endswith(end)), ())
    parts = " or ".join(f'platform_machine == "{name}"' for name in machines)
    return f'sys_platform == "{system}"' + (f" and ({parts})" if parts else "")


def _context(fields: dict[str, object], context: RequirementContext) -> RequirementContext:
    # PDM 1 called them sections.
    groups = strings(fields.get("groups")) or strings(fields.get("sections"))
    if not groups or "default" in groups:
        return context
    names = tuple(canonicalize_name(group[:120]) for group in groups)
    return replace(context, scope=RequirementScope.GROUP, groups=names)


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    found = version_control_origin(fields, "revision", "ref")
    if found is not None:
        return found
    for kind in ("path", "url"):
        address = string(fields.get(kind))
        if address is not None:
            return remote_origin(kind, address)
    return RequirementOrigin.INDEX, None
