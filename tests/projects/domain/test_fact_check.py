"""Whether the output of an action shows the symptom of a known break, and what is installed to see it."""

import pytest

from projects.domain.fact_check import happens_on, requirements_of, requirements_of_first_good, shows_symptom
from scanner.domain.evidence.known_breaks_file import parse_known_breaks

(FACT,) = parse_known_breaks("""
[[break]]
package = "tables"
versions = "<=3.9.1"
partner = "numpy"
partner_versions = ">=2"
pythons = ">=3.12"
action = "import tables"
symptom = "ValueError: numpy.dtype size changed"
first_good = "3.9.2"
source = "measured"
""").facts


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("Traceback\n  File\nValueError: numpy.dtype size changed, may indicate binary incompatibility", True),
        ("ValueError: numpy.dtype size changed\n\n", True),
        ("ImportError: numpy", False),
        ("", False),
    ],
)
def test_a_symptom_is_the_beginning_of_a_line_of_the_error(output: str, shown: bool) -> None:
    assert shows_symptom(FACT.symptom, output) is shown


def test_the_partner_is_installed_beside_each_release_that_is_tried() -> None:
    assert requirements_of(FACT) == ["tables<=3.9.1", "numpy>=2"]
    assert requirements_of_first_good(FACT) == ["tables==3.9.2", "numpy>=2"]


def test_an_entry_is_tried_on_the_pythons_that_it_is_about() -> None:
    assert [happens_on(FACT, python, free_threaded=False) for python in ((3, 11), (3, 12))] == [False, True]
