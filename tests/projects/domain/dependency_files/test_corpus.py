"""Real files of other people, each held against its expected facts; what differs on purpose is listed with why."""

import re
from pathlib import Path

import pytest

from projects.domain.dependency_files import read
from tests.projects.domain.dependency_files.fact_checks import CHECKS
from tests.projects.domain.dependency_files.facts import Case, cases, reading

SDIST_NAME = "pip learns an sdist's name by building it; we read it from the file name"
EGG_OF_PATH = "pip leaves a local path without a name; we take the one its #egg= gives"
# Part of the key → (difference, reason). docs/formats.md tells the same list.
DIFFERENCES = {
    "requirements_local.txt": ("line 17: named numpy, facts have no name", SDIST_NAME),
    "requirements_with-urls.txt": ("line 21: named numpy, facts have no name", SDIST_NAME),
    "composer_workflows_requirements": (
        "line 1: origin 'url' instead of 'path'",
        "the brackets in #egg=name[extra] make pip take the whole URL for a path; it is an https URL",
    ),
    "pypa__pip__docs_requirements": (
        "line 129: named myproject, facts have no name|line 144: named None, facts have no name",
        f"{EGG_OF_PATH}; and a shell command with a URL in it is a malformed line to us, a path to pip",
    ),
    "pipenv_local_Pipfile.lock": (
        "default package-a: path False ()|default package-b: path False ()",
        "a relative file = is on the local disk, whatever the key is called",
    ),
    "poetry@2018-10-05.lock": (
        "('lockfile', '0.12.2', ()): marker [None]",
        "the extra in this marker is that of a dependent, which the lock fulfils; poetry-core takes it so",
    ),
    "openstack__requirements__setup.cfg": (
        "pbr is not named",
        "nothing in this setup.cfg says pbr; its setup.py does, where our problem names the computed arguments",
    ),
}


def test_every_file_of_the_corpus_meets_its_facts_or_a_listed_difference(shared: Path) -> None:
    found, used = {}, set()
    for case in cases(shared):
        differences = CHECKS[case.format](reading(shared, case), case.expected)
        key, allowed = _listed(case)
        if sorted(differences) != sorted(allowed):
            found[case.key] = differences
        if differences:
            used.add(key)
    assert found == {}
    assert used == set(DIFFERENCES), "a listed difference no longer exists"


def test_the_corpus_is_read_whole(shared: Path) -> None:
    assert len(cases(shared)) >= 128
    assert {case.format for case in cases(shared)} == set(CHECKS)


def test_no_credentials_of_the_corpus_are_shown(shared: Path) -> None:
    shown = [reading(shared, case) for case in cases(shared)]
    texts = [
        text
        for parsed in shown
        for text in (
            *(one.url or "" for one in parsed.requirements),
            *(one.raw for one in parsed.requirements),
            *(one.value for one in parsed.options),
            *(one.text for one in parsed.problems),
        )
    ]
    users = [user for text in texts for user in re.findall(r"(\w+)://([^/@\s]*)@", text)]
    assert users, "the corpus has URLs with a user part"
    # Over ssh a user name without a password is public: git@, hg@.
    assert [user for user in users if user[1] != "****" and not (user[0] == "ssh" and ":" not in user[1])] == []


def _listed(case: Case) -> tuple[str | None, list[str]]:
    for key, (difference, reason) in DIFFERENCES.items():
        if key in case.key:
            assert reason
            return key, difference.split("|")
    return None, []


@pytest.mark.parametrize("spelling", ["utf-8", "utf-16", "utf-32"])
def test_a_transcoded_file_gives_the_same_requirements(shared: Path, spelling: str) -> None:
    case = next(case for case in cases(shared) if "hard_names_runtime" in case.key)
    plain = reading(shared, case)
    data = (
        (shared / "corpus/dependency-files" / case.key)
        .read_bytes()
        .decode()
        .encode(f"{spelling}{'-sig' * (spelling == 'utf-8')}")
    )
    assert read({case.name: data}, [case.name]).requirements == plain.requirements
