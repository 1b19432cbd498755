"""Assess a few requirements on a small index in memory."""

from collections.abc import Mapping

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import parse_target
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets, wheels

LINUX = "cp313-manylinux_2_28_x86_64"
WINDOWS = "cp313-win_amd64"
OLD, NEW = "cp312-cp312-win_amd64", "cp313-cp313-win_amd64"

CORE: dict[str, Releases] = {
    "shell": {
        "1.0": (pure("shell", "1.0"), ["core==1.0"]),
        "2.0": (pure("shell", "2.0"), ["core==2.0"]),
        "3.0": (pure("shell", "3.0"), ["core==3.0"]),
    },
    "core": {
        "1.0": (wheels("core", "1.0", OLD), []),
        "2.0": (wheels("core", "2.0", NEW), []),
        "3.0": (wheels("core", "3.0", NEW), []),
    },
}


def ask(
    packages: Mapping[str, Releases],
    text: str,
    *slugs: str,
    policy: BuildPolicy | None = None,
    extras: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    present: str = "",
) -> list[TargetResult]:
    on = targets(*slugs)
    now = parse_target(present) if present else None
    request = AssessmentRequest(requirements(text), on, policy or BuildPolicy(), NOW, present=now)
    index = SmallIndex(packages, request.columns, request.foreign, extras)
    resolved = resolve_targets(request, index.snapshot)
    return explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))


def package(result: TargetResult, name: str) -> PackageResult:
    return next(package for package in result.packages if package.name == name)
