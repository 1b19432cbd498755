"""No input makes intake raise, hang or grow without bound, whatever the file calls itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.dependency_files import read
from tests.projects.domain.dependency_files.any_reading import check

PATHS = [
    "requirements.txt",
    "constraints.txt",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pylock.toml",
    "environment.yml",
    "bom.json",
    "x.json",
    "tool.py",
    "Dockerfile",
    ".github/workflows/ci.yml",
    "unknown",
]


@pytest.mark.parametrize("path", PATHS)
@given(data=st.binary(max_size=300))
def test_any_bytes(path: str, data: bytes) -> None:
    check(read({path: data}, [path]))


LINE = st.one_of(
    st.sampled_from(
        [
            "-r",
            "-e ",
            "--hash=",
            "\\",
            "#",
            " # via x",
            " @ ",
            "git+",
            "://",
            ";",
            "[",
            "]",
            "==1",
            ">=",
            "${A}",
            "'",
            '"',
            "*",
        ]
    ),
    st.text(alphabet="ab.-_/ 01", max_size=8),
    st.characters(),
)


@given(st.lists(st.lists(LINE, max_size=8).map("".join), max_size=6).map("\n".join))
def test_any_text_of_requirement_like_lines(text: str) -> None:
    files = {"r.txt": text.encode("utf-8", "replace"), "a": b"b\n-r r.txt\n"}
    check(read(files, ["r.txt", "a"]))


SCALAR = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["a", "b>=1", "^1", "1.0", "x ; os_name=='nt'", "*", "."]),
    st.booleans(),
    st.integers(),
    st.none(),
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "version",
                    "source",
                    "dependencies",
                    "marker",
                    "groups",
                    "files",
                    "hash",
                    "purl",
                    "extras",
                    "url",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
KEYS = [
    "_meta",
    "default",
    "develop",
    "bomFormat",
    "components",
    "dependencies",
    "metadata",
    "pip_version",
    "installed",
    "environment",
]


@given(st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=5))
def test_json_of_any_shape(document: dict[str, object]) -> None:
    for marker in ("bomFormat", "pip_version", "_meta"):
        data = json.dumps({**document, marker: document.get(marker, {})}).encode()
        check(read({"x.json": data}, ["x.json"]))


TABLES = {
    "pyproject.toml": [
        "project",
        "dependency-groups",
        "build-system",
        "tool.poetry",
        "tool.poetry.dependencies",
        "tool.poetry.group.dev",
        "tool.uv",
        "tool.uv.sources",
        "tool.pdm.dev-dependencies",
        "tool.hatch.envs.x",
        "tool.flit.metadata",
        "tool.setuptools.dynamic",
    ],
    "poetry.lock": ["metadata", "extras", "[package]", "package.dependencies"],
    "uv.lock": ["manifest", "[package]", "package.metadata"],
    "pdm.lock": ["metadata", "[package]"],
    "pylock.toml": ["[packages]", "packages.vcs"],
    "Pipfile": ["packages", "dev-packages", "[source]", "requires"],
}
ENTRY = st.tuples(
    st.sampled_from(
        [
            "name",
            "version",
            "dependencies",
            "optional-dependencies",
            "requires",
            "dynamic",
            "groups",
            "extras",
            "marker",
            "markers",
            "files",
            "source",
            "url",
            "a",
            "python",
            "dev",
            "optional",
            "category",
            "members",
            "install",
        ]
    ),
    st.sampled_from(
        [
            '"a"',
            '["a", "b>=1"]',
            '{a = "^1"}',
            "1",
            "true",
            "[]",
            "{}",
            '[{name = "a"}, 1, "x"]',
            '{version = "*", optional = true}',
            '"git+https://x/y"',
            '[{include-group = "a"}]',
            '{git = "g", rev = "r"}',
            '[["a"]]',
            "1979-05-27",
            '{editable = "."}',
            '"1.0"',
            '{file = "a.txt"}',
            "nan",
            '{a = [{name = "b", marker = "x"}]}',
        ]
    ),
).map(" = ".join)


@pytest.mark.parametrize("path", list(TABLES))
@given(data=st.data())
def test_toml_of_any_shape(path: str, data: st.DataObject) -> None:
    tables = data.draw(st.lists(st.sampled_from(TABLES[path]), max_size=4, unique=True))
    body = [data.draw(st.lists(ENTRY, max_size=4, unique_by=lambda entry: entry.split(" ")[0])) for _ in tables]
    text = "\n".join(f"[{table}]\n" + "\n".join(entries) for table, entries in zip(tables, body, strict=True))
    check(read({path: text.encode()}, [path]))
