"""Marker environments of CPython targets against the interpreters of this machine."""

import json
import platform
import subprocess

import pytest

from projects.services.proving.interpreters import NoInterpreter, find_interpreter
from scanner.domain.targets.pythons import PYTHONS, Implementation
from scanner.domain.targets.target import parse_target

# The definitions of the markers, as each Python has them without packages.
_MEASURE = """
import json, os, platform, sys
print(json.dumps({
    "implementation_name": sys.implementation.name,
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_system": platform.system(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}))
"""


@pytest.mark.skipif(platform.system() != "Linux", reason="the targets compared are of Linux")
@pytest.mark.parametrize("slug", [one.slug for one in PYTHONS if one.implementation is Implementation.CPYTHON])
def test_a_target_has_the_markers_that_its_interpreter_measures(slug: str) -> None:
    target = parse_target(f"{slug}-manylinux_2_17_{platform.machine()}")
    try:
        found = find_interpreter(target)
    except NoInterpreter as error:
        pytest.skip(str(error))
    done = subprocess.run([found.executable, "-c", _MEASURE], capture_output=True, text=True, check=True)
    measured = json.loads(done.stdout)
    assert {name: value for name, value in target.marker_environment.items() if name in measured} == measured
