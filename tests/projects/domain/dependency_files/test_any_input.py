"""No input makes intake raise, hang or grow without bound, whatever the file calls itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from projects.domain.dependency_files import ParsedFiles, available_groups, read, select, to_data

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


def check(parsed: ParsedFiles) -> None:
    """Check what holds of every reading: text that can be stored and printed, parts that packaging accepts."""
    json.dumps(to_data(parsed), ensure_ascii=False).encode()
    for one in parsed.requirements:
        assert one.name == canonicalize_name(one.name, validate=True)
        for specifier in one.alternatives or (one.specifier,):
            SpecifierSet(specifier)
        assert one.marker is None or str(Marker(one.marker))
        assert all(dependency.marker is None or str(Marker(dependency.marker)) for dependency in one.dependencies)
        assert one.line is None or one.line >= 1
    for problem in parsed.problems:
        assert problem.message
        assert len(problem.text) <= 200
        assert "\n" not in problem.text
    names = available_groups(parsed)
    assert len(select(parsed, groups=names.groups, extras=names.extras)) <= len(parsed.requirements)


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


DEEP = 100_000


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("requirements.txt", "x ; " + "(" * 3_000 + "os_name == 'a'" + ")" * 3_000),
        ("requirements.txt", "x==" + "9" * 6_000),
        ("requirements.txt", "x==1" + ".1" * 3_900),
        ("requirements.txt", "x" + "-" * 7_000 + "!"),
        ("requirements.txt", "x[" + "a," * 3_900 + "]"),
        ("requirements.txt", "x" + ",>=1" * 1_900),
        ("requirements.txt", "\\\n" * 150_000),
        ("requirements.txt", "x \\\n" * 20_000),
        ("requirements.txt", " " * DEEP + "x" + " " * DEEP + "#"),
        ("requirements.txt", "https://" + "a:" * 40_000 + "@"),
        ("requirements.txt", "x @ https://" + "?token" * 1_200),
        ("requirements.txt", "'" * DEEP),
        ("requirements.txt", "# via " + "a," * DEEP),
        ("requirements.txt", "# autogenerated by pip-compile\nx==1\n" + "# via a\n" * 10_000),
        ("pyproject.toml", "a = " + "[" * DEEP),
        ("pyproject.toml", "a = " + "{a=" * DEEP),
        ("pyproject.toml", "\n".join("a.b.c.d = {" for _ in range(1000))),
        ("pyproject.toml", "[" + ".".join("a" * DEEP) + "]"),
        ("pyproject.toml", '["' + '"."'.join("a" * DEEP) + '"]'),
        ("pyproject.toml", "[dependency-groups]\n" + "".join(f"g{n} = []\n" for n in range(5_000))),
        ("pyproject.toml", "[project]\ndependencies = [" + "'x'," * 30_000 + "]"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nx = '" + "^1 || " * 5_000 + "^2'"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nx = '" + ">=1 " * 2_000 + "'"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nx = {version='1', python = '" + ">=1.1.1.1," * 60 + "<9'}"),
        ("pyproject.toml", "[" * DEEP),
        ("pyproject.toml", " " * 500_000 + "="),
        ("setup.cfg", "[options]\n" + "a" + " " * DEEP + "b"),
        ("setup.cfg", "[options]\ninstall_requires =\n" + "  x\n" * 50_000),
        ("setup.cfg", "[options]\ninstall_requires = " + "x;" * 3_000),
        ("setup.py", "(" * DEEP),
        ("setup.py", "-" * DEEP + "1"),
        ("setup.py", "setup(name=" + "a." * 3_000 + "b)"),
        ("setup.py", "A=" + "[" * 90 + "]" * 90 + "\nsetup(install_requires=A)"),
        ("setup.py", "A=['x']*10**9\nsetup(install_requires=A)"),
        (
            "setup.py",
            "A=['x']\n"
            + "".join(f"B{n}=[*A,*A]\n".replace("A", f"B{n - 1}" if n else "A") for n in range(40))
            + "setup(install_requires=B39)",
        ),
        (
            "setup.py",
            "B=['x']\n"
            + "".join(
                f"C{n}=[*{'C' if n else 'B'}{n - 1 if n else ''},*{'C' if n else 'B'}{n - 1 if n else ''}]\n"
                for n in range(22)
            )
            + "setup(install_requires=C21)",
        ),
        ("setup.cfg", "[options]\n" + ("a" + " " * 398 + "\n") * 20_000),
        ("pyproject.toml", '# "' + '\\"' * 1_000_000),
        ("pyproject.toml", "[tool.poetry.extras]\n" + "".join(f"e{n} = ['a']\n" for n in range(20_000))),
        (
            "pyproject.toml",
            "[project]\nname='p'\n[project.optional-dependencies]\n"
            + "".join(f"e{n} = ['p[e{n + 1}]']\n" for n in range(4_000)),
        ),
        ("requirements.txt", "# autogenerated by pip-compile\nx==1\n# via " + "(" * 3_000_000),
        ("x.txt", "[" + " " * 1_900_000),
        (
            "bom.json",
            '{"bomFormat": 1, "components": ['
            + '{"bom-ref": "a", "purl": "pkg:pypi/a@1"},' * 5_000
            + '{}], "dependencies": [{"ref": "a", "dependsOn": ['
            + '"a",' * 5_000
            + '"a"]}]}',
        ),
        (
            "uv.lock",
            "[[package]]\nname='p'\nsource={virtual='.'}\n[package.dev-dependencies]\n"
            + "".join(f"g{n}=[{{name='a'}}]\n" for n in range(5_000)),
        ),
        ("bom.json", "[" * DEEP),
        ("bom.json", '{"bomFormat":' + '{"a":' * DEEP),
        ("bom.json", '{"bomFormat": ' + "9" * DEEP + "}"),
        ("bom.json", '{"bomFormat": "CycloneDX", "components": [' + '{"components": [' * 900 + "]}" * 900 + "]}"),
        ("environment.yml", "dependencies: " + "[" * DEEP),
        ("environment.yml", "dependencies:\n" + "".join("  " * n + "- \n" for n in range(300))),
        ("environment.yml", "- " * 20_000),
        ("environment.yml", "? " * 20_000),
        ("environment.yml", "a: &a [" + "*a," * 20_000 + "]"),
        (".github/workflows/x.yml", "a: &a\n  b: *a\n"),
        ("Dockerfile", "FROM " + "$" * DEEP),
        ("tool.py", "# /// script\n" * 50_000),
        ("poetry.lock", "[[package]]\n" * 30_000),
        ("uv.lock", "version = 1\n" + "[[package]]\nname='a'\nversion='1'\ndependencies=[{name='a'}]\n" * 3_000),
    ],
    ids=lambda value: None if len(value) > 40 else value,
)
@pytest.mark.timeout(60)
def test_hostile_files_cost_no_more_than_their_size(path: str, content: str) -> None:
    check(read({path: content.encode()}, [path]))
