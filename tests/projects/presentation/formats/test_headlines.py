"""The first line that `assess` prints of a target."""

import pytest

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.presentation.formats.text import headline
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets

LINUX = "cp313-manylinux_2_28_x86_64"
PACKAGES: dict[str, Releases] = {name: {"1.0": (pure(name, "1.0"), [])} for name in ("one", "two", "three")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one ; sys_platform == 'win32'\n", "✓ {}: go. Nothing is required here."),
        ("one\n", "✓ {}: go. Its one package installs as it is."),
        ("one\ntwo\nthree\n", "✓ {}: go. All 3 packages install as they are."),
        ("one==2\n", "✕ {}: no go. one blocks the move."),
        ("one==2\ntwo\nthree==2\n", "✕ {}: no go. one and three block the move, of 3 packages."),
    ],
)
def test_nouns_and_names_agree_with_how_many_they_are(text: str, line: str) -> None:
    on = targets(LINUX)
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW)
    index = SmallIndex(PACKAGES, on)
    resolved = resolve_targets(request, index.snapshot)
    (result,) = explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))
    assert headline(result).splitlines()[0] == line.format(LINUX)
