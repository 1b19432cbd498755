"""The files that an installer takes by the options and hashes of the dependency files; pip is the oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from pip._internal.models.format_control import FormatControl

from projects.domain.assessment.file_choices import Exclusion, FileChoices, file_choices_of, policy_under
from projects.domain.dependency_files import read
from projects.domain.dependency_files.values import InstallerOption
from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.resolution.model.policy import BuildPolicy

ONE = Version("1.0")
WHEEL = ReleaseFileFacts("a-1.0-py3-none-any.whl", FileKind.WHEEL, "py3-none-any", sha256="a" * 64)
SDIST = ReleaseFileFacts("a-1.0.tar.gz", FileKind.SDIST, sha256="b" * 64)


def choices(name: str, text: str) -> FileChoices:
    parsed = read({name: text.encode()}, [name])
    return file_choices_of(parsed.options, parsed.requirements)


NAMES = st.sampled_from([":all:", ":none:", "A_b", "a-b", "c"])
OPTIONS = st.lists(
    st.tuples(st.sampled_from(["no-binary", "only-binary"]), st.lists(NAMES, min_size=1, max_size=3).map(",".join))
)


@given(OPTIONS)
def test_options_add_up_as_in_pip(options: list[tuple[str, str]]) -> None:
    control = FormatControl()
    for name, value in options:
        one, other = control.no_binary, control.only_binary
        if name == "only-binary":
            one, other = other, one
        FormatControl.handle_mutual_excludes(value, one, other)
    ours = file_choices_of([InstallerOption(name, value, "requirements.txt") for name, value in options], [])
    for package in ("a-b", "c", "d"):
        allowed = control.get_allowed_formats(package)
        excluded = ours.excludes(package)
        assert (excluded is not FileKind.WHEEL, excluded is not FileKind.SDIST) == (
            "binary" in allowed,
            "source" in allowed,
        )


@pytest.mark.parametrize(
    ("name", "text", "excluded"),
    [
        ("requirements.txt", "a\n--no-binary a\n", Exclusion.NO_BINARY),
        ("requirements.txt", "a\n--no-binary=:all:\n", Exclusion.NO_BINARY),
        ("requirements.txt", "a\n--no-binary=:all: --only-binary=a\n", None),
        ("pyproject.toml", "[tool.uv]\nno-binary-package = ['a']\n", Exclusion.NO_BINARY),
        ("pyproject.toml", "[tool.uv]\nno-binary = true\n", Exclusion.NO_BINARY),
        ("pyproject.toml", "[tool.uv]\nno-binary = false\n", None),
        ("pyproject.toml", "[tool.uv.pip]\nno-binary = ['A']\n", Exclusion.NO_BINARY),
        ("pyproject.toml", "[tool.uv]\nno-build-package = ['a']\n", None),
    ],
)
def test_a_wheel_counts_unless_the_files_exclude_it(name: str, text: str, excluded: Exclusion | None) -> None:
    assert choices(name, text).exclusion("a", ONE, WHEEL) is excluded


@pytest.mark.parametrize(
    ("name", "text", "excluded"),
    [
        ("requirements.txt", "a\n--only-binary a\n", Exclusion.ONLY_BINARY),
        ("requirements.txt", "a\n--only-binary b\n", None),
        ("pyproject.toml", "[tool.uv]\nno-build-package = ['a']\n", Exclusion.ONLY_BINARY),
        ("pyproject.toml", "[tool.uv]\nno-build = true\n", Exclusion.ONLY_BINARY),
        ("pyproject.toml", "[tool.uv.pip]\nonly-binary = [':all:']\n", Exclusion.ONLY_BINARY),
    ],
)
def test_an_sdist_counts_unless_the_files_exclude_it(name: str, text: str, excluded: Exclusion | None) -> None:
    assert choices(name, text).exclusion("a", ONE, SDIST) is excluded


def test_of_a_pin_with_hashes_only_the_listed_files_count() -> None:
    found = choices("requirements.txt", f"a==1.0 --hash=sha256:{'b' * 64}\n")
    assert found.limits("a", ONE)
    assert found.exclusion("a", ONE, WHEEL) is Exclusion.HASHES
    assert found.exclusion("a", ONE, SDIST) is None
    assert not found.limits("a", Version("1.1"))


def test_hashes_that_the_index_does_not_give_exclude_nothing() -> None:
    found = choices("requirements.txt", f"a==1.0 --hash=sha256:{'b' * 64} --hash=sha512:{'c' * 128}\n")
    assert not found.limits("a", ONE)
    unknown = ReleaseFileFacts("a-1.0-py3-none-any.whl", FileKind.WHEEL, "py3-none-any")
    assert choices("r.txt", f"a==1.0 --hash=sha256:{'b' * 64}\n").exclusion("a", ONE, unknown) is None


@pytest.mark.parametrize(
    ("name", "text", "admitted"),
    [
        ("requirements.txt", "a\n--pre\n", True),
        ("requirements.txt", "a\n", False),
        ("pyproject.toml", "[tool.uv]\nprerelease = 'allow'\n", True),
        ("pyproject.toml", "[tool.uv]\nprerelease = 'if-necessary'\n", False),
        ("pyproject.toml", "[tool.pdm.resolution]\nallow-prereleases = true\n", True),
        ("Pipfile", "[pipenv]\nallow_prereleases = true\n", True),
    ],
)
def test_the_files_may_admit_prereleases(name: str, text: str, admitted: bool) -> None:
    parsed = read({name: text.encode()}, [name])
    assert policy_under(BuildPolicy(), parsed.options).prereleases is admitted


def test_choices_that_leave_out_nothing_are_none() -> None:
    assert not FileChoices()
    for one in (FileChoices(no_binary=frozenset({"a"})), FileChoices(digests={"a": {Version("1"): frozenset()}})):
        assert one
