"""A plan in the forms that people and tools take: a patch, a constraints file, a pip command and a [tool.uv] table."""

from __future__ import annotations

import difflib
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

_OPERATING = ("sys_platform", "platform_machine", "implementation_name")


def patch(path: str, before: str, after: str) -> str:
    """Return a unified diff for `patch -p1` and `git apply`; empty where nothing changed. Line ends are kept."""
    if before == after:
        return ""
    clean = path.lstrip("/")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{clean}", f"b/{clean}")
    )


def _lines(text: str) -> list[str]:
    """Split into lines as patch does: only a line feed ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def constraints(pins: Mapping[str, Version], title: str) -> str:
    """Return a constraints file with the whole set; `title` is its first line, as a comment."""
    return "\n".join([f"# {title}", *_pins(pins)]) + "\n"


def constraints_file(slug: str) -> str:
    """Return the name under which the constraints for these targets are offered."""
    return f"constraints-{slug}.txt"


def pip_command(files: Sequence[str], slug: str) -> str:
    """Return the command that tries the plan with pip on the target itself.

    `files` are those that pip reads. Without one it installs the constraints, which are the whole set.
    """
    pinned = constraints_file(slug)
    given = [*(f"-r {shlex.quote(path)}" for path in files), f"-c {pinned}"] if files else [f"-r {pinned}"]
    return f"python -m pip install --dry-run --only-binary :all: {' '.join(given)}\n"


def uv_table(environments: Iterable[Mapping[str, str]], moved: Mapping[str, Version], direct: Mapping[str, str]) -> str:
    """Return a [tool.uv] table: required environments, constraints for transitive changes, overrides for direct ones.

    An override replaces every requirement of a package, so the plan can be tried before a file is edited. `direct`
    maps the name of each direct change to its extras as written ("[standard]" or "").
    """
    tables = {
        "required-environments": list(dict.fromkeys(_environment(one) for one in environments)),
        "constraint-dependencies": _pins({name: moved[name] for name in moved if name not in direct}),
        "override-dependencies": _pins({name + direct[name]: moved[name] for name in moved if name in direct}),
    }
    lines = ["[tool.uv]"]
    for key, values in tables.items():
        if values:
            lines += [f"{key} = [", *(f"    {json.dumps(value)}," for value in values), "]"]
    return "\n".join(lines) + "\n"


def _environment(environment: Mapping[str, str]) -> str:
    return " and ".join(f"{key} == '{environment[key]}'" for key in _OPERATING if environment.get(key))


def _pins(pins: Mapping[str, Version]) -> list[str]:
    return [f"{name}=={version}" for name, version in sorted(pins.items())]
