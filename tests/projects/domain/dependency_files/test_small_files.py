"""Each trap of the corpus on a small file of the project's own: the requirements, their parts and the problems."""

import pytest

from projects.domain.dependency_files import ParsedFiles, read
from tests.projects.domain.dependency_files.small_files import SMALL_FILES

# (name, specifier, scope, group, origin, marker) of each requirement, in file order.
Row = tuple[str, str, str, str | None, str, str | None]


def parsed(path: str, data: bytes | None = None) -> ParsedFiles:
    return read({path: SMALL_FILES[path] if data is None else data}, [path])


def rows(found: ParsedFiles) -> list[Row]:
    return [
        (str(one.name), one.specifier, one.scope.value, one.group, one.origin.value, one.marker)
        for one in found.requirements
    ]


EXPECTED: dict[str, list[Row]] = {
    "requirements.txt": [
        ("flask", "<3,>=2", "main", None, "index", 'python_version >= "3.8"'),
        ("zope-interface", "==5.4.0", "main", None, "index", None),
        # pip learns the name of an sdist by building it; its file name says it.
        ("numpy", "==1.26.1", "main", None, "url", None),
        ("team-tool", "", "main", None, "vcs", None),
        # pip leaves a local path without a name; #egg= says it.
        ("myproject", "", "main", None, "path", None),
        # The brackets after #egg= make pip take the URL for a path.
        ("named", "", "main", None, "url", None),
        ("name", "===1.0-custom", "main", None, "index", None),
        ("six", "==1.16.0", "main", None, "index", 'sys_platform == "win32" and python_version < "3.10"'),
    ],
    "requirements-latin.txt": [("pip", "==23.0", "main", None, "index", None)],
    "constraints.txt": [
        ("urllib3", "<2", "main", None, "index", None),
        ("idna", "==3.4", "main", None, "index", None),
    ],
    "compiled.txt": [
        ("asgiref", "==3.8.1", "main", None, "index", None),
        ("django", "==5.0", "main", None, "index", None),
    ],
    "pyproject.toml": [
        ("httpx", "==0.27.0", "main", None, "vcs", None),
        ("colorama", ">=0.4", "main", None, "index", 'sys_platform == "win32"'),
        ("orjson", "==3.10.0", "extra", "fast-io", "index", None),
        ("pytest", "==8.0.0", "group", "dev", "index", None),
        ("ruff", "==0.5.0", "group", "lint", "index", None),
        ("hatchling", ">=1.20", "build", "build-system", "index", None),
    ],
    "poetry/pyproject.toml": [
        ("requests", "<3.0,>=2.28 || <4,>=3", "main", None, "index", None),
        ("numpy", "==1.26.0", "main", None, "index", 'python_version < "3.13"'),
        ("numpy", "==2.1.0", "main", None, "index", 'python_version >= "3.13"'),
        ("redis", "==5.0.0", "extra", "cache", "index", None),
        ("tool", "", "main", None, "vcs", None),
        ("mypy", "==1.10", "group", "dev", "index", None),
    ],
    "setup.cfg": [
        ("attrs", "==23.1.0", "main", None, "index", None),
        ("importlib-metadata", "", "main", None, "index", 'python_version < "3.10"'),
        ("sphinx", "==7.0.0", "extra", "docs", "index", None),
    ],
    "Pipfile": [
        ("flask", "==3.0.0", "main", None, "index", None),
        ("local", "", "main", None, "path", None),
        ("black", "", "group", "dev", "index", None),
    ],
    "Pipfile.lock": [
        ("flask", "==3.0.0", "main", None, "index", 'python_version >= "3.8"'),
        # A relative "file" is a path, whatever the key is called.
        ("package-a", "", "main", None, "path", None),
        ("black", "==24.1.0", "group", "dev", "index", None),
    ],
    "environment.yml": [("requests", "==2.31.0", "main", None, "index", None)],
    "poetry.lock": [
        ("colorama", "==0.4.6", "main", None, "index", None),
        ("pytest", "==7.4.0", "group", "dev", "index", None),
    ],
    "uv.lock": [
        ("numpy", "==1.26.4", "main", None, "index", 'python_full_version < "3.13"'),
        ("numpy", "==2.1.0", "main", None, "index", 'python_full_version >= "3.13"'),
    ],
    "pdm.lock": [
        ("httpx", "==0.27.0", "main", None, "index", None),
        ("httpx", "==0.27.0", "group", "dev", "index", None),
    ],
    "pylock.toml": [("attrs", "==23.1.0", "main", None, "index", None)],
    "bom.json": [
        ("flask", "==3.0.0", "main", None, "index", None),
        ("six", "==1.16.0", "main", None, "index", None),
        ("tool", "==1", "main", None, "vcs", None),
    ],
}
# Lines of the problems.
PROBLEMS: dict[str, list[int | None]] = {
    # The last one: pip refuses a file of which only some requirements have hashes.
    "requirements.txt": [9, 10, 11, 15, 3],
    "constraints.txt": [2],
    "environment.yml": [6, 2],
    "bom.json": [None],
    # It is read without its pyproject.toml.
    "poetry.lock": [None],
}


@pytest.mark.parametrize("path", SMALL_FILES)
def test_a_small_file_of_each_format_is_read_whole(path: str) -> None:
    found = parsed(path)
    assert rows(found) == EXPECTED[path]
    assert [one.line for one in found.problems] == PROBLEMS.get(path, [])


def test_what_a_file_does_not_name_is_kept_without_a_name() -> None:
    assert [(one.line, one.origin) for one in parsed("requirements.txt").unnamed] == [(9, "path"), (10, "vcs")]
    assert [one.line for one in parsed("environment.yml").unnamed] == [6]


def test_locks_keep_hashes_pins_and_direct_packages() -> None:
    assert parsed("requirements.txt").requirements[1].hashes == (f"sha256:{'a' * 64}",)
    assert parsed("Pipfile.lock").requirements[0].hashes == ("sha256:aa",)
    assert parsed("pylock.toml").requirements[0].hashes == ("sha256:aa",)
    assert [one.direct for one in parsed("compiled.txt").requirements] == [False, True]
    assert [one.extras for one in parsed("pdm.lock").requirements] == [(), ("http2",)]
    assert [one.marker for one in parsed("poetry.lock").requirements[1].dependencies] == ['sys_platform == "win32"']
    assert all(one.constraint for one in parsed("constraints.txt").requirements)


def test_a_group_names_the_groups_that_include_it() -> None:
    assert [one.groups for one in parsed("pyproject.toml").requirements if one.name == "ruff"] == [("lint", "dev")]


@pytest.mark.parametrize("path", SMALL_FILES)
def test_no_login_is_shown(path: str) -> None:
    found = parsed(path)
    texts = [one.url or "" for one in found.requirements] + [one.raw for one in found.requirements]
    texts += [one.value for one in found.options] + [one.text for one in found.problems]
    assert not [text for text in texts if "secret" in text or "token" in text]
    if path == "requirements.txt":
        assert [one.url for one in found.requirements if one.name == "team-tool"] == [
            "git+ssh://git@git.example/team/tool.git@v1#egg=team-tool"
        ], "over ssh a user name is public"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_transcoded_file_has_the_same_requirements(encoding: str) -> None:
    data = SMALL_FILES["requirements.txt"].decode().encode(encoding)
    assert rows(parsed("requirements.txt", data)) == EXPECTED["requirements.txt"]
