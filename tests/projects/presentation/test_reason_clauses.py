"""What people read of a reason. Each clause is asserted here, and nowhere else."""

import pytest

from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.presentation.reason_clauses import describe_text
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from tests.cast import files_reason

TALL = files_reason(Availability.NONE, WheelMismatch(MismatchKind.FLOOR, ("glibc 2.39",), "2.28", floor=(2, 39)))


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (TALL, "needs glibc 2.39, target has 2.28"),
        (PackageReason(ReasonKind.MARKER, "os_name == 'nt'"), "its marker does not hold here: os_name == 'nt'"),
        (PackageReason(ReasonKind.NOT_REQUIRED), "nothing requires it here"),
        (PackageReason(ReasonKind.NOT_FROM_INDEX, "../lib"), "it comes from ../lib, not from the index"),
        (PackageReason(ReasonKind.NOT_POLLED), "not polled yet"),
        (PackageReason(ReasonKind.NOT_POLLED, "HTTP 503"), "not polled yet: HTTP 503"),
        (PackageReason(ReasonKind.NO_PACKAGE), "the index has no such package"),
        (PackageReason(ReasonKind.NO_RELEASE, "==9"), "the index has no release that satisfies ==9"),
        (PackageReason(ReasonKind.NO_RELEASE), "the index has no release of it"),
        (PackageReason(ReasonKind.TEXT, "only an sdist"), "only an sdist"),
    ],
)
def test_each_kind_of_reason_has_its_clause(reason: PackageReason, text: str) -> None:
    assert describe_text(reason) == text
    assert PackageReason.from_json(reason.to_json()) == reason
