"""On which targets and beside which versions a known break happens."""

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from scanner.domain.targets.target import parse_target

LINUX = "manylinux_2_28_x86_64"
FACTS = parse_known_breaks(
    """
[[break]]
package = "alone"
versions = ">=1,<2"
pythons = ">=3.13"
action = "import alone"
symptom = "ImportError"
source = "a test"

[[break]]
package = "beside"
versions = "<3"
partner = "numpy"
partner_versions = ">=2"
action = "import beside"
symptom = "ImportError"
source = "a test"

[[break]]
package = "threaded"
versions = "<1"
free_threaded = true
action = "import threaded"
symptom = "ImportError"
source = "a test"
"""
)


def broken(target: str, **pins: str) -> set[str]:
    chosen = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    return set(FACTS.in_set(parse_target(target), chosen))


@pytest.mark.parametrize(
    ("target", "pins", "expected"),
    [
        (f"cp313-{LINUX}", {"alone": "1.5"}, {"alone"}),
        (f"cp316-{LINUX}", {"alone": "1.5"}, {"alone"}),
        (f"cp312-{LINUX}", {"alone": "1.5"}, set()),
        (f"cp39-{LINUX}", {"alone": "1.5"}, set()),
        (f"cp313-{LINUX}", {"alone": "2.0"}, set()),
        (f"cp313-{LINUX}", {"alone": "1.5rc1"}, {"alone"}),
        (f"cp312-{LINUX}", {"beside": "2.9", "numpy": "2.0"}, {"beside"}),
        (f"cp312-{LINUX}", {"beside": "2.9", "numpy": "1.26.4"}, set()),
        (f"cp312-{LINUX}", {"beside": "2.9"}, set()),
        (f"cp314t-{LINUX}", {"threaded": "0.9"}, {"threaded"}),
        (f"cp314-{LINUX}", {"threaded": "0.9"}, set()),
    ],
)
def test_a_fact_holds_for_its_versions_on_its_targets_beside_its_partner(
    target: str, pins: dict[str, str], expected: set[str]
) -> None:
    assert broken(target, **pins) == expected


def test_another_version_in_the_same_set_runs_where_no_fact_is_against_it() -> None:
    beside, numpy = canonicalize_name("beside"), canonicalize_name("numpy")
    breaks = BreaksInSet(FACTS, parse_target(f"cp312-{LINUX}"), {beside: Version("1"), numpy: Version("2.1")})
    assert set(breaks.found) == {beside}
    assert not breaks.runs(beside, Version("2.9"))
    assert breaks.runs(beside, Version("3.0"))
    assert breaks.runs(numpy, Version("2.2"))
