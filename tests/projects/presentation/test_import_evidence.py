"""The evidence of a cell names the imports of its wheel that fail, those of one module and file together."""

from projects.presentation.evidence import evidence_lines
from scanner.domain.evidence.wheel_reading import ImportGuard, WheelImport, WheelReading
from scanner.domain.targets.target import parse_target
from tests.cast import WINDOWS_313, make_package


def texts(*imports: tuple[str, int]) -> list[str]:
    """What is said of imports of these modules at these lines of one file."""
    found = tuple(WheelImport(module, "a", "a/setup.py", line, ImportGuard.OTHER_MODULE) for module, line in imports)
    lines = evidence_lines(make_package("a"), parse_target(WINDOWS_313).python, WheelReading(("a",), found, 5, 0))
    return [line.text for line in lines if line.rung == "Read from the wheel"]


def test_an_import_is_named_with_its_file_and_line() -> None:
    (text,) = texts(("imp", 3))
    assert text == "a/setup.py line 3 imports imp, which Python 3.13 lacks: importing that module fails"


def test_several_lines_that_import_one_module_are_one_piece_of_evidence() -> None:
    one, other = texts(("imp", 9), ("cgi", 8), ("imp", 7))
    assert one.startswith("a/setup.py line 8 imports cgi, ")
    assert other.startswith("a/setup.py lines 7 and 9 import imp, ")


def test_of_many_lines_the_first_are_named() -> None:
    (text,) = texts(*(("imp", line) for line in range(1, 31)))
    assert text.startswith("a/setup.py lines 1, 2, 3, 4 and 26 more import imp, ")


def test_of_many_modules_the_first_are_named_and_the_others_counted() -> None:
    gone = ("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "imp", "mailcap", "nntplib")
    *_, last = said = texts(*((module, 1) for module in gone))
    assert len(said) == 9
    assert last == "2 more imports of modules that are gone"
