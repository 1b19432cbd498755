"""How many places of the files have requirements that could not be read: with one, nothing is plainly ready."""

import pytest

from projects.domain.dependency_files import read, select

SETUP = 'from setuptools import setup\nsetup(install_requires=["six", *computed()], tests_require=read("x"))\n'
UV_LOCK = """\
version = 1
[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://index.example/simple" }
"""


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({"requirements.txt": "six\n"}, 0),
        ({"requirements.txt": "six\ngit+https://git.example/o/mine.git\n"}, 1),
        ({"requirements.txt": "six\n${NAME}==1\n?\n"}, 2),
        ({"requirements.txt": "six\n-e .\n"}, 0),
        ({"requirements.txt": "six\n-e ./other\n"}, 1),
        ({"requirements.txt": "six\n-r more.txt\n"}, 1),
        ({"requirements.txt": "six\n-c limits.txt\n"}, 0),
        ({"requirements.txt": "six\n--pre --no-index\n"}, 0),
        ({"setup.py": SETUP}, 1),
        ({"setup.py": SETUP, "uv.lock": UV_LOCK}, 0),
        ({"pyproject.toml": '[project]\nname = "a"\ndynamic = ["dependencies"]\n'}, 1),
        ({"pyproject.toml": '[project]\nname = "a"\ndependencies = ["six"]\n[dependency-groups]\ndev = ["?"]\n'}, 0),
    ],
)
def test_places_whose_requirements_are_not_known_are_counted(files: dict[str, str], places: int) -> None:
    parsed = read({name: text.encode() for name, text in files.items()}, list(files))
    assert parsed.unread == places


def test_what_a_list_of_setup_py_has_beside_computed_items_counts() -> None:
    parsed = read({"setup.py": SETUP.encode()}, ["setup.py"])
    assert [one.name for one in select(parsed)] == ["six"]
