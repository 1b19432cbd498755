"""The file of known breaks: what an entry says, and how a wrong one is refused."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from scanner.domain.evidence.known_breaks import KnownBreak, Partner
from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks, parse_known_breaks

ENTRY = """
[[break]]
package = "Some.Package"
versions = "<2"
pythons = ">=3.13"
action = "import some"
symptom = "ImportError: cgi"
first_good = "2.0"
source = "measured"
"""


def test_an_entry_is_read_with_its_name_normalised() -> None:
    (fact,) = parse_known_breaks(ENTRY).facts
    assert fact == KnownBreak(
        package="some-package",  # type: ignore[arg-type]
        versions=SpecifierSet("<2"),
        pythons=SpecifierSet(">=3.13"),
        action="import some",
        symptom="ImportError: cgi",
        source="measured",
        first_good="2.0",
    )


def test_a_partner_is_read_with_its_versions() -> None:
    text = ENTRY.replace('pythons = ">=3.13"', 'partner = "numpy"\npartner_versions = ">=2"')
    (fact,) = parse_known_breaks(text).facts
    assert fact.partner == Partner("numpy", SpecifierSet(">=2"))  # type: ignore[arg-type]


def test_what_prevents_a_break_is_read_with_its_versions() -> None:
    (fact,) = parse_known_breaks(ENTRY + 'unless = ["Audioop_LTS >=0.2", "other"]\n').facts
    assert fact.unless == (
        Partner(canonicalize_name("audioop-lts"), SpecifierSet(">=0.2")),
        Partner(canonicalize_name("other"), SpecifierSet()),
    )


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('versions = "<2"', "", "entry 1 (Some.Package): versions is missing"),
        ('versions = "<2"', 'versions = "old"', "versions 'old' is not a specifier set"),
        ('versions = "<2"', "versions = 2", "versions must be text"),
        ('package = "Some.Package"', 'package = "../x"', "package '../x' is not a package name"),
        ('first_good = "2.0"', 'first_good = "soon"', "first_good 'soon' is not a version"),
        ('first_good = "2.0"', 'first_good = "1.0"', "first_good 1.0 is among the versions that break"),
        ('pythons = ">=3.13"', "", "say on which pythons, or beside which partner, it breaks"),
        ('pythons = ">=3.13"', 'partner = "numpy"', "partner_versions is missing"),
        ('pythons = ">=3.13"', 'partner_versions = ">=2"', "partner is missing"),
        ('pythons = ">=3.13"', 'free_threaded = "yes"', "free_threaded must be true or false"),
        ('source = "measured"', 'source = "measured"\nunless = "x"', "unless must be a list of requirements"),
        ('source = "measured"', 'source = "measured"\nunless = ["x <"]', "unless 'x <' is not a requirement"),
        ("[[break]]", "[break]", "break must be written as [[break]] tables"),
        ("[[break]]", "other = 1\n[[break]]", "unknown key 'other'"),
        ('source = "measured"', 'source = "measured"\nsauce = "x"', "unknown key 'sauce'"),
        ('source = "measured"', "source =", "not TOML"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(written: str, instead: str, message: str) -> None:
    with pytest.raises(InvalidKnownBreaks) as caught:
        parse_known_breaks(ENTRY.replace(written, instead))
    assert message in str(caught.value)


@given(st.text(alphabet='[]break="\n.<2>package:ersion ', max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        parse_known_breaks(text)
    except InvalidKnownBreaks:
        return
    assert tomllib.loads(text).get("break", []) == []
