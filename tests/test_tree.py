"""What holds for the files of the repository as a whole."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Written in pieces, so that this file holds none of them.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "pypi.python" + ".org",
    "piwheels" + ".org",
    "anaconda" + ".org",
    "npm" + "js.org",
    "npmjs" + ".com",
    "crates" + ".io",
    "rubygems" + ".org",
]


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: no list of tracked files")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in (ROOT / name for name in listing.split("\0") if name) if path.is_file()]


def test_no_tracked_file_names_a_package_registry() -> None:
    # Looking for one name after the other takes a fifth of the time of one pattern for all.
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in tracked_files()
        for content in [path.read_bytes().lower()]
        for name in REGISTRIES
        if name.encode() in content
    ]
    assert found == []


def test_no_module_is_a_drawer() -> None:
    names = {path.name for path in tracked_files()}
    assert names & {"utils.py", "helpers.py", "signals.py", "common.py", "misc.py"} == set()


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_pin_has_hashes_and_names_no_place(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^\s;]+.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pins) > 30
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert not re.search(r"^\s*--(index-url|extra-index-url|find-links)|https?://", text, re.MULTILINE)


def test_what_runs_is_pinned_alike_for_tests() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^[a-z0-9._-]+==[^\s;\\]+", text, re.MULTILINE))

    assert pins("base") <= pins("dev")


def test_the_image_has_every_folder_that_the_settings_name() -> None:
    settings = "".join(path.read_text() for path in sorted((ROOT / "compat_site" / "settings").glob("*.py")))
    named = {name for name in re.findall(r'BASE_DIR / "(\w+)"', settings) if (ROOT / name).is_dir()} - {"var"}
    copied = set(re.findall(r"^COPY --chown=wheelway (\w+) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert named >= {"templates", "static", "translations"}
    assert named <= copied
