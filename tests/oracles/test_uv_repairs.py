"""Requirements in metadata that PEP 440 forbids: what uv repairs is read as uv reads it, all else is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import InvalidRequirement

from scanner.domain.files.core_metadata import parse_requirement
from tests.replay import ReplayIndex, a_file
from tests.scanner.domain.resolution.stub_wheels import find_uv

VERSIONS = ("0.5", "1.0", "1.5", "2.0", "3.0", "3.5", "4.0")
TEXTS = (
    *("dep (>dev)", "dep (>=3.0<4.0)", "dep (!=~1.0)", "dep (>=1.0.*)", "dep >= '1.0'", 'dep (>="1.0")'),
    *("dep (<2.0.*)", "dep (!=1.0*)", "dep (==1.0*)", "dep (>=2.7,!=3.0*,!=3.1*)", "dep (>=1.0'', <2)"),
    *("dep (>=1.0.)", "dep (~> 1.0)", "dep (=>1.0)", "dep (=1.0)", "dep (>=1.0 <2.0)", "dep (>=1.0|<2)"),
    *(
        "dep (>=1.0.0*)",
        "dep (>=1.0;<2)",
        "dep (1.0)",
        "dep (!=1.3.*.*)",
        "dep (>=1.0,,<2)",
        "dep (>=dev)",
        "dep (~=1)",
    ),
)


@pytest.mark.skipif(find_uv() is None, reason="uv is not installed")
def test_what_uv_repairs_is_read_as_uv_reads_it(tmp_path: Path) -> None:
    with ReplayIndex(recorded=False) as index:
        index.add_package("dep", [a_file(f"dep-{version}-py3-none-any.whl") for version in VERSIONS])
        for number, text in enumerate(TEXTS):
            index.add_package(f"p{number}", [a_file(f"p{number}-1-py3-none-any.whl", requires_dist=[text])])
        uvs = {text: _uv(f"p{number}", index.url, tmp_path) for number, text in enumerate(TEXTS)}
    assert {text: _ours(text) for text in TEXTS} == uvs


def _ours(text: str) -> str | None:
    try:
        requirement = parse_requirement(text)
    except InvalidRequirement:
        return None
    return [version for version in VERSIONS if requirement.specifier.contains(version)][-1]


def _uv(name: str, index_url: str, folder: Path) -> str | None:
    asked = folder / "asked.in"
    asked.write_text(name)
    own = {"HOME": str(folder), "UV_NO_CONFIG": "1", "UV_CACHE_DIR": str(folder / "uv")}
    command = [str(find_uv()), "pip", "compile", "--index-url", index_url, "--python", sys.executable, "-q", str(asked)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"], **own}, check=False)
    if done.returncode:
        assert "No solution found" in done.stderr or "Couldn't parse" in done.stderr, done.stderr
        return None
    return next(line.partition("==")[2] for line in done.stdout.splitlines() if line.startswith("dep=="))
