"""`manage.py check-facts`: what a known break says is tried on a real interpreter."""

import platform
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from projects.domain.fact_check import CheckOutcome
from projects.domain.proof import InterpreterFacts
from projects.services.proving.check_facts import check_fact
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from tests.replay import ReplayIndex, a_file

FACT = """
[[break]]
package = "breaks"
versions = "<2"
pythons = "=={python}"
action = "import breaks"
symptom = "ModuleNotFoundError: No module named 'gone'"
source = "a test"
"""
THIS = InterpreterFacts(sys.executable, "cpython", platform.python_version(), False, sys.platform, "", "")


@pytest.mark.long
def test_an_entry_that_happens_holds() -> None:
    (fact,) = parse_known_breaks(FACT.format(python=f"{sys.version_info[0]}.{sys.version_info[1]}")).facts
    with ReplayIndex() as index:
        index.add_package(
            "breaks", [a_file("breaks-1.0-py3-none-any.whl", members={"breaks/__init__.py": b"import gone\n"})]
        )
        check = check_fact(fact, [THIS], [index.url])
    assert (check.outcome, check.installed) == (CheckOutcome.HOLDS, ("breaks 1.0",)), check.tail


def test_an_entry_about_no_python_at_hand_is_not_called_wrong(tmp_path: Path, settings: Settings) -> None:
    own = tmp_path / "own.toml"
    own.write_text(FACT.format(python="3.30"))
    settings.WHEELWAY_KNOWN_BREAKS = str(own)
    written = StringIO()
    call_command("check-facts", "breaks", stdout=written)
    assert written.getvalue().splitlines()[-1] == "1 no-interpreter"
