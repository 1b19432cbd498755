"""What the result of a package says of the files of its releases."""

from projects.domain.assessment.verdicts import Verdict
from scanner.domain.matching.reason import MismatchKind
from tests.projects.domain.assessment.small_assessment import LINUX, OLD, ask, package
from tests.projects.known import Releases, wheels


def test_a_blocked_package_has_what_its_newest_release_lacks() -> None:
    tall = "cp313-cp313-manylinux_2_39_x86_64"
    packages: dict[str, Releases] = {
        "tall": {"1.0": (wheels("tall", "1.0", OLD), []), "2.0": (wheels("tall", "2.0", tall), [])}
    }
    (answer,) = ask(packages, "tall==1.0", LINUX)
    found = package(answer, "tall")
    assert found.verdict is Verdict.BLOCKED
    assert found.reason.files is not None
    assert found.reason.files.mismatch is not None
    assert found.reason.files.mismatch.kind is MismatchKind.SYSTEM
    assert found.newest_mismatch is not None
    assert found.newest_mismatch.version == "2.0"
    assert found.newest_mismatch.reason.files is not None
    mismatch = found.newest_mismatch.reason.files.mismatch
    assert mismatch is not None
    assert (mismatch.kind, mismatch.floor, mismatch.need) == (MismatchKind.FLOOR, (2, 39), "2.28")
