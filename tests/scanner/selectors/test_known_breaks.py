"""The facts that come with the product, and the operator's own file beside them."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version
from pytest_django.fixtures import Settings

from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks
from scanner.domain.targets.target import parse_target
from scanner.selectors.known_breaks import recorded_breaks

OWN = """
[[break]]
package = "our-client"
versions = "<2"
pythons = ">=3.14"
action = "import our_client"
symptom = "ImportError"
source = "our tracker"
"""


@pytest.mark.parametrize(
    ("target", "pins", "broken"),
    [
        ("cp313", {"sqlalchemy": "2.0.27"}, {"sqlalchemy"}),
        ("cp313", {"sqlalchemy": "2.0.31"}, set()),
        ("cp312", {"sqlalchemy": "2.0.27"}, set()),
        ("cp311", {"numexpr": "2.8.8", "numpy": "2.1.0"}, {"numexpr"}),
        ("cp311", {"numexpr": "2.8.8", "numpy": "1.26.4"}, set()),
        ("cp311", {"dictdiffer": "0.8.0", "setuptools": "82.0.0"}, {"dictdiffer"}),
        ("cp314", {"passlib": "1.7.4", "bcrypt": "5.0.0"}, {"passlib"}),
        ("cp314", {"passlib": "1.7.4", "bcrypt": "4.1.2"}, set()),
    ],
)
def test_the_shipped_facts_know_what_is_broken(target: str, pins: dict[str, str], broken: set[str]) -> None:
    chosen = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    found = BreaksInSet(recorded_breaks(), parse_target(f"{target}-manylinux_2_28_x86_64"), chosen)
    assert set(found.found) == broken


def test_the_shipped_facts_are_many_and_each_has_a_source() -> None:
    facts = recorded_breaks().facts
    assert len(facts) >= 60
    assert all(fact.source and fact.symptom for fact in facts)


def test_an_operators_file_adds_facts(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    settings.WHEELWAY_KNOWN_BREAKS = str(path)
    names = {fact.package for fact in recorded_breaks().facts}
    assert {"our-client", "sqlalchemy"} <= names


def test_a_wrong_file_of_the_operator_is_refused_with_its_place(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(OWN.replace('versions = "<2"', ""))
    settings.WHEELWAY_KNOWN_BREAKS = str(path)
    with pytest.raises(InvalidKnownBreaks, match=r"wrong\.toml: entry 1 \(our-client\): versions is missing"):
        recorded_breaks()
