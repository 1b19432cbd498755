"""The includes of dependency groups (PEP 735), and those of Poetry's own groups, which may include both kinds.

packaging.dependency_groups resolves one group into requirements. It repeats the work below a broken include for each
path to it, which is exponential in a hostile file, and it does not keep the group of a requirement. So the includes
are followed here; a test compares the result with packaging's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, strings
from projects.domain.dependency_files.line_numbers import TomlLineNumbers

POETRY_GROUPS = "tool.poetry.group"
_MAX_GROUPS = 300
# The name of an included group as written, and its line.
_Include = tuple[str, int | None]
# For each group the other groups that include it.
Including = Mapping[NormalizedName, tuple[NormalizedName, ...]]


def included_by(
    builder: ParsedFilesBuilder,
    groups: dict[str, object],
    poetry_groups: dict[str, object],
    path: str,
    lines: TomlLineNumbers,
) -> Including:
    """Return for each normalised group the other groups that include it, directly or not, sorted.

    An unknown, malformed or cyclic include becomes a problem; the other includes count.
    """
    if len(groups) + len(poetry_groups) > _MAX_GROUPS:
        builder.add_problem(
            path, None, "", f"more than {_MAX_GROUPS} dependency groups: their includes are not followed"
        )
        return {}
    known = {_normalized(group) for group in (*groups, *poetry_groups)}
    includes: dict[NormalizedName, tuple[NormalizedName, ...]] = {}
    for table_name, own, read in (("dependency-groups", groups, _standard), (POETRY_GROUPS, poetry_groups, _poetry)):
        if len({_normalized(group) for group in own}) < len(own):
            builder.add_problem(path, lines.header(table_name), "", "two dependency groups have the same name")
        for group, content in own.items():
            name = _normalized(group)
            found = _known(builder, read(builder, group, content, path, lines), known, path)
            includes[name] = (*includes.get(name, ()), *found)
    return _reversed(builder, includes, groups, path, lines)


def _reversed(
    builder: ParsedFilesBuilder,
    includes: dict[NormalizedName, tuple[NormalizedName, ...]],
    groups: dict[str, object],
    path: str,
    lines: TomlLineNumbers,
) -> Including:
    """Turn what each group includes into what includes it, through other groups too."""
    found: dict[NormalizedName, set[NormalizedName]] = {}
    for group in includes:
        reachable = _reached(group, includes)
        if group in reachable:
            line = lines.key("dependency-groups" if group in groups else POETRY_GROUPS, group)
            builder.add_problem(path, line, group, "this dependency group includes itself")
        for other in reachable - {group}:
            found.setdefault(other, set()).add(group)
    return {group: tuple(sorted(names)) for group, names in found.items()}


def _standard(
    builder: ParsedFilesBuilder, group: str, content: object, path: str, lines: TomlLineNumbers
) -> Iterator[_Include]:
    line = lines.key("dependency-groups", group)
    for item in array(content):
        if not isinstance(item, dict):
            continue
        name = item.get("include-group")
        if not isinstance(name, str) or len(item) != 1:
            builder.add_problem(path, line, group, 'an entry is neither a requirement nor {include-group = "…"}')
        else:
            yield name, lines.text(name, "dependency-groups", group) or line


def _poetry(
    builder: ParsedFilesBuilder, group: str, content: object, path: str, lines: TomlLineNumbers
) -> Iterator[_Include]:
    stated = get_in(content, "include-groups")
    line = lines.key(f"{POETRY_GROUPS}.{group}", "include-groups")
    if stated is not None and not (isinstance(stated, list) and all(isinstance(name, str) for name in stated)):
        builder.add_problem(path, line, group, "include-groups must be an array of names of groups")
    for name in strings(stated):
        yield name, lines.text(name, f"{POETRY_GROUPS}.{group}", "include-groups") or line


def _known(
    builder: ParsedFilesBuilder, stated: Iterable[_Include], known: Collection[NormalizedName], path: str
) -> Iterator[NormalizedName]:
    for name, line in stated:
        if _normalized(name) in known:
            yield _normalized(name)
        else:
            builder.add_problem(path, line, name, "no such dependency group")


def _normalized(group: str) -> NormalizedName:
    return canonicalize_name(group[:120])


def _reached(group: NormalizedName, includes: dict[NormalizedName, tuple[NormalizedName, ...]]) -> set[NormalizedName]:
    reachable: set[NormalizedName] = set()
    waiting = list(includes[group])
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting.extend(includes[name])
    return reachable
