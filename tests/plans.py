"""Plan documents (design §10) for tests, as a stored assessment and projects.domain.rewriting.written hold them."""

from collections.abc import Mapping, Sequence
from typing import Any


def change(
    name: str, before: str, after: str, *, direct: bool = True, size: str = "minor", why: str = "it must"
) -> dict[str, Any]:
    return {"name": name, "from": before, "to": after, "direct": direct, "size": size, "why": why}


def plan_of(
    changes: Sequence[Mapping[str, Any]],
    *,
    feasible: bool = True,
    pins: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A plan with these changes; its pins are what they move to unless given."""
    return {
        "strategy": "minimal",
        "feasible": feasible,
        "reason": None,
        "changes": list(changes),
        "added": [],
        "dropped": [],
        "stuck": [],
        "pins": dict(pins if pins is not None else {one["name"]: one["to"] for one in changes}),
        "requirements": None,
        "files": dict(files or {}),
        "patch": "",
        "constraints": "",
        "pip": "pip\n",
        "uv": "[tool.uv]\n",
        "commands": [],
        "rewriting_problems": [],
        **more,
    }
