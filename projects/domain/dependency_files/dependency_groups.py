"""The includes of dependency groups (PEP 735).

packaging.dependency_groups resolves one group into requirements. It repeats the work below a broken include for each
path to it, which is exponential in a hostile file, and it does not keep the group of a requirement. So the includes
are followed here; a test compares the result with packaging's.
"""

from __future__ import annotations

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array
from projects.domain.dependency_files.line_numbers import TomlLineNumbers

_MAX_GROUPS = 300


def included_by(
    builder: ParsedFilesBuilder, groups: dict[str, object], path: str, lines: TomlLineNumbers
) -> dict[NormalizedName, tuple[NormalizedName, ...]]:
    """Return for each normalised group the other groups that include it, directly or not, sorted.

    An unknown, malformed or cyclic include becomes a problem; the other includes count.
    """
    if len(groups) > _MAX_GROUPS:
        builder.add_problem(
            path, None, "", f"more than {_MAX_GROUPS} dependency groups: their includes are not followed"
        )
        return {}
    includes = {canonicalize_name(group[:120]): _own_includes(builder, group, groups, path, lines) for group in groups}
    if len(includes) < len(groups):
        builder.add_problem(path, lines.header("dependency-groups"), "", "two dependency groups have the same name")
    found: dict[NormalizedName, set[NormalizedName]] = {}
    for group in includes:
        reachable = _reached(group, includes)
        if group in reachable:
            line = lines.key("dependency-groups", group)
            builder.add_problem(path, line, group, "this dependency group includes itself")
        for other in reachable - {group}:
            found.setdefault(other, set()).add(group)
    return {group: tuple(sorted(names)) for group, names in found.items()}


def _own_includes(
    builder: ParsedFilesBuilder, group: str, groups: dict[str, object], path: str, lines: TomlLineNumbers
) -> tuple[NormalizedName, ...]:
    known = {canonicalize_name(name[:120]) for name in groups}
    found = []
    for item in array(groups[group]):
        if not isinstance(item, dict):
            continue
        name = item.get("include-group")
        line = lines.key("dependency-groups", group)
        if not isinstance(name, str) or len(item) != 1:
            builder.add_problem(path, line, group, 'an entry is neither a requirement nor {include-group = "…"}')
        elif canonicalize_name(name[:120]) not in known:
            builder.add_problem(
                path, lines.text(name, "dependency-groups", group) or line, name, "no such dependency group"
            )
        else:
            found.append(canonicalize_name(name[:120]))
    return tuple(found)


def _reached(group: NormalizedName, includes: dict[NormalizedName, tuple[NormalizedName, ...]]) -> set[NormalizedName]:
    reachable: set[NormalizedName] = set()
    waiting = list(includes[group])
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting.extend(includes[name])
    return reachable
