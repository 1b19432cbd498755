"""The plan in the forms that people paste: a patch, a constraints file, lines for pip and for uv. Pure text."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence

from packaging.version import Version

_OPERATING = ("sys_platform", "platform_machine", "implementation_name")


def patch(path: str, before: str, after: str) -> str:
    """A unified diff that `patch -p1` and `git apply` take; "" where nothing changed. Line ends are kept."""
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    clean = path.lstrip("/")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, f"a/{clean}", f"b/{clean}")
    )


def _lines(text: str) -> list[str]:
    """Lines as patch knows them: only a line feed ends one."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def constraints(pins: Mapping[str, Version], title: str) -> str:
    """A constraints file with the whole set."""
    lines = [f"# {title}", *(f"{name}=={version}" for name, version in sorted(pins.items()))]
    return "\n".join(lines) + "\n"


def pip_lines(files: Sequence[str], slug: str) -> str:
    """Commands that try the plan with pip on the target itself."""
    asked = " ".join(f"-r {_shell(path)}" for path in files) or "-r requirements.txt"
    return f"python -m pip install --dry-run --only-binary :all: {asked} -c constraints-{slug}.txt\n"


def uv_lines(
    environments: Iterable[Mapping[str, str]],
    moved: Mapping[str, Version],
    direct: Mapping[str, str],
) -> str:
    """A [tool.uv] table: targets as required environments, transitive moves as constraints, direct ones as overrides.

    An override outranks what anybody asks for, so the plan can be tried before a single requirement is rewritten.
    `direct` maps the name of each direct move to its extras as written ("[standard]" or "").
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


def _pins(moved: Mapping[str, Version]) -> list[str]:
    return [f"{name}=={version}" for name, version in sorted(moved.items())]


def _shell(path: str) -> str:
    return path if all(char.isalnum() or char in "._-/" for char in path) else "'" + path.replace("'", "'\\''") + "'"
