"""Plans for tests of rewriting, without a resolver."""

from collections.abc import Mapping, Sequence

from packaging.version import Version

from projects.domain.rewriting import PlannedVersions

WINDOWS = {"sys_platform": "win32", "platform_machine": "AMD64", "implementation_name": "cpython", "extra": ""}


def moves(
    changes: Mapping[str, tuple[str, str]],
    *,
    others: Mapping[str, str] | None = None,
    added: Mapping[str, str] | None = None,
    digests: Mapping[str, Sequence[str]] | None = None,
) -> PlannedVersions:
    """Return a plan. `changes` maps a name to (from, to); `others` are pins that stay."""
    pins = {name: Version(after) for name, (_, after) in changes.items()}
    pins |= {name: Version(version) for name, version in {**(others or {}), **(added or {})}.items()}
    before = {name: Version(start) for name, (start, _) in changes.items()}
    return PlannedVersions(pins, before, [WINDOWS], tuple(added or ()), digests or {})
