"""The evidence of a cell says what was read of the compiled modules of its wheel, and what they need."""

import pytest

from projects.presentation.evidence import evidence_lines
from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledFinding, CompiledReading
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.domain.targets.target import parse_target
from tests.cast import WINDOWS_313, make_package

OLD = CompiledFinding(CompiledFault.NUMPY_1, "a/fast.pyd")


@pytest.mark.parametrize(
    ("compiled", "text"),
    [
        (
            CompiledReading((OLD,), 1),
            "a/fast.pyd is compiled for NumPy 1: what it does with NumPy fails beside NumPy 2",
        ),
        (
            CompiledReading((CompiledFinding(CompiledFault.GLIBC, "a/b.so", "GLIBC_2.34", "2.17"),), 1),
            "a/b.so needs GLIBC_2.34, and the wheel's tag promises glibc 2.17",
        ),
        (CompiledReading((), 3, 1), "none of 3 modules needs more than the wheel's tags say; 1 could not be read"),
        (
            CompiledReading((), 3, 0, 2),
            "none of 3 modules needs more than the wheel's tags say, and those that use NumPy run with NumPy 1 and 2",
        ),
        (CompiledReading(error="the file does not exist"), "not read: the file does not exist"),
        (CompiledReading((OLD, OLD, OLD, OLD, OLD, OLD), 6), "2 more findings of this kind"),
        (None, ""),
    ],
)
def test_each_finding_names_its_file_and_what_was_not_read_is_said(compiled: CompiledReading | None, text: str) -> None:
    reading = WheelReading(("a",), (), 5, 0, compiled)
    lines = evidence_lines(make_package("a"), parse_target(WINDOWS_313).python, reading)
    found = [line.text for line in lines if line.rung == "Its compiled modules"]
    assert text in found if text else not found
