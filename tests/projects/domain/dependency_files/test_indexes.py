"""Which indexes each kind of file names, where, and that no login in their addresses is ever shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.dependency_files import IndexOption, ParsedFiles, read, to_data

A, B, C = "https://a.index.example/simple", "https://b.index.example/simple/", "http://c.index.example:8080"
I, E, X, L = IndexOption.INDEX_URL, IndexOption.EXTRA_INDEX_URL, IndexOption.EXPLICIT, IndexOption.LOCKED  # noqa: E741
F, N = IndexOption.FIND_LINKS, IndexOption.NO_INDEX
Named = tuple[IndexOption, str, int | None]


def named(path: str, content: str) -> list[Named]:
    parsed = read({path: content.encode()}, [path])
    assert [one.message for one in parsed.problems] == []
    assert {one.path for one in parsed.indexes} <= {path}
    return [(one.option, one.url, one.line) for one in parsed.indexes]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("requirements.txt", f"-i {A}\n", [(I, A, 1)]),
        ("requirements.txt", f"x\n--index-url={A} --extra-index-url {B}\n", [(I, A, 2), (E, B, 2)]),
        ("requirements.txt", f"--pypi-url {A} \\\n  --extra-index-url '{C}'", [(I, A, 1), (E, C, 1)]),
        ("requirements.txt", f"--no-index\n-f {A}\n-f ./wheels\n", [(N, "", 1), (F, A, 2), (F, "./wheels", 3)]),
        ("requirements.txt", "-i https://${U}:${P}@a.example/s", [(I, "https://${U}:${P}@a.example/s", 1)]),
        ("requirements.txt", "-i ${A}\n-i http://a.example:${P}/", [(I, "${A}", 1), (I, "http://a.example:${P}/", 2)]),
        ("constraints.txt", f"--extra-index-url {A}\nx<2\n", [(E, A, 1)]),
        ("environment.yml", f"dependencies:\n- pip:\n  - --extra-index-url {A}\n  - x\n", [(E, A, 3)]),
        (
            "pyproject.toml",
            (
                f'[tool.uv]\nindex-url = "{A}"\nextra-index-url = [\n "{B}",\n "{C}"]\n'
                'find-links = ["./w"]\nno-index = true\n'
            ),
            [(N, "", 7), (I, A, 2), (E, B, 4), (E, C, 5), (F, "./w", 6)],
        ),
        (
            "pyproject.toml",
            (f'[[tool.uv.index]]\nurl = "{A}"\n\n[[tool.uv.index]]\nurl = "{B}"\ndefault = true\n'
            f'[[tool.uv.index]]\nurl = "{C}"\nexplicit = true\n[[tool.uv.index]]\nurl = "./flat"\nformat = "flat"\n'),
            [(E, A, 1), (I, B, 4), (X, C, 7), (F, "./flat", 10)],
        ),
        ("pyproject.toml", f'[tool.uv]\nindex = [{{url = "{A}", default = true}}]\n', [(I, A, 2)]),
        ("pyproject.toml", f'[tool.uv.pip]\nextra-index-url = ["{A}"]\n', [(E, A, 2)]),
        (
            "pyproject.toml",
            (f'[[tool.poetry.source]]\nname = "a"\nurl = "{A}"\n[[tool.poetry.source]]\nname = "b"\nurl = "{B}"\n'
            f'[[tool.poetry.source]]\nname = "c"\nurl = "{C}"\npriority = "explicit"\n'),
            [(I, A, 1), (E, B, 4), (X, C, 7)],
        ),
        (
            "pyproject.toml",
            (f'[[tool.poetry.source]]\nname = "PyPI"\n[[tool.poetry.source]]\nname = "a"\nurl = "{A}"\n'
            f'[[tool.poetry.source]]\nname = "b"\nurl = "{B}"\npriority = "supplemental"\n'),
            [(E, A, 3), (E, B, 6)],
        ),
        ("pyproject.toml", f'[[tool.poetry.source]]\nname = "a"\nurl = "{A}"\nsecondary = true\n', [(E, A, 1)]),
        (
            "pyproject.toml",
            (f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{A}"\n[[tool.pdm.source]]\nname = "b"\nurl = "{B}"\n'
            f'[[tool.pdm.source]]\nname = "c"\nurl = "{C}"\ntype = "find_links"\n'),
            [(I, A, 1), (E, B, 4), (F, C, 7)],
        ),
        (
            "Pipfile",
            f'[[source]]\nname = "a"\nurl = "{A}"\n\n[[source]]\nname = "b"\nurl = "{B}"\n[packages]\nx = "*"\n',
            [(I, A, 1), (X, B, 5)],
        ),
        (
            "Pipfile",
            f'[[source]]\nurl = "{A}"\n[[source]]\nurl = "{B}"\n[pipenv]\ninstall_search_all_sources = true\n',
            [(I, A, 1), (E, B, 3)],
        ),
        (
            "Pipfile.lock",
            json.dumps({"_meta": {"sources": [{"url": A}, {"url": B}]}, "default": {}}),
            [(I, A, None), (X, B, None)],
        ),
        (
            "uv.lock",
            "version = 1\n"
            + "".join(
                f'[[package]]\nname = "p{number}"\nversion = "1"\nsource = {{ registry = "{url}" }}\n'
                for number, url in enumerate([A, B, A, "../wheels"])
            ),
            [(L, A, 2), (L, B, 6)],
        ),
        (
            "poetry.lock",
            ('[[package]]\nname = "p"\nversion = "1"\n[package.source]\ntype = "legacy"\n'
            f'url = "{A}"\nreference = "a"\n[metadata]\n'),
            [(L, A, 1)],
        ),
        (
            "pylock.toml",
            ('lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "p"\nversion = "1"\n'
            f'index = "{A}"\nsdist = {{url = "https://f.example/p-1.tar.gz", hashes = {{sha256 = "aa"}}}}\n'),
            [(L, A, 3)],
        ),
        ("s.py", f'# /// script\n# dependencies = ["x"]\n# [[tool.uv.index]]\n# url = "{A}"\n# ///\n', [(E, A, 3)]),
    ],
)  # fmt: skip
def test_a_file_names_its_indexes_in_order(path: str, content: str, expected: list[Named]) -> None:
    assert named(path, content) == expected


def test_an_included_file_names_its_own_in_its_place() -> None:
    files = {"a.txt": f"-i {A}\n-r b.txt\n--extra-index-url {C}\n".encode(), "b.txt": f"--extra-index-url {B}".encode()}
    found = read(files, ["a.txt"]).indexes
    assert [(one.path, one.line, one.url) for one in found] == [("a.txt", 1, A), ("b.txt", 1, B), ("a.txt", 3, C)]


@pytest.mark.parametrize(
    ("path", "content", "line", "message"),
    [
        ("requirements.txt", "x\n-i https://\n", 2, "has no host"),
        ("requirements.txt", "-i ''", 1, "needs an address"),
        ("requirements.txt", "-i ssh://a.example/simple", 1, "starts with http:// or https://"),
        ("requirements.txt", "-i ./simple", 1, "on the local disk"),
        ("requirements.txt", "-i file:///srv/simple", 1, "on the local disk"),
        ("requirements.txt", "--extra-index-url https://u:s3cr3t/x@a.example/simple", 1, "percent-encode"),
        ("requirements.txt", "--extra-index-url https://u:1234/s3cr3t@a.example/simple", 1, "percent-encode"),
        ("requirements.txt", "-i https:/u:s3cr3t@a.example", 1, "has no host"),
        ("requirements.txt", "-i u:s3cr3t@a.example/simple", 1, "on the local disk"),
        ("requirements.txt", "-i https://a.example:0/simple", 1, "no usable port"),
        ("requirements.txt", f"-i https://a.example/{'a' * 2000}", 1, "2,000 characters"),
        ("pyproject.toml", "[tool.uv]\nindex-url = 3\n", 2, "must be a string"),
        ("pyproject.toml", '[tool.uv]\nextra-index-url = ["https://[a/simple"]\n', 2, "cannot be parsed"),
        ("pyproject.toml", '[[tool.uv.index]]\nname = "a"\n', 1, "must be a string"),
        ("pyproject.toml", '[[tool.poetry.source]]\nname = "a"\nurl = "a.example"\n', 1, "on the local disk"),
        ("Pipfile", '[[source]]\nurl = "https://a b/"\n[packages]\n', 1, "white space"),
    ],
)
def test_a_bad_address_is_a_problem_at_its_place_and_the_rest_counts(
    path: str, content: str, line: int, message: str
) -> None:
    parsed = read({path: content.encode()}, [path])
    assert [(one.path, one.line) for one in parsed.problems] == [(path, line)]
    assert message in parsed.problems[0].message
    assert "s3cr3t" not in everything_shown(parsed)


def test_an_index_on_a_disk_counts_all_the_same_since_nothing_is_asked_in_its_place() -> None:
    (found,) = read({"r.txt": b"-i ./simple"}, ["r.txt"]).indexes
    assert (found.option, found.url, found.address) == (I, "./simple", None)


@pytest.mark.parametrize(
    ("url", "shown", "address", "has_login"),
    [
        (A, A, A, False),
        (B, B, B.rstrip("/"), False),
        ("https://u:p@A.example:443/S/", "https://****@A.example:443/S/", "https://a.example/S", True),
        ("https://${U}@a.example/s", "https://****@a.example/s", "https://a.example/s", True),
        ("https://${HOST}/s", "https://${HOST}/s", None, False),
        ("https://a.example/${PATH}/s", "https://a.example/${PATH}/s", None, False),
        ("https://a.example/s?token=abc", "https://a.example/s?token=****", "https://a.example/s", False),
    ],
)
def test_an_index_is_shown_and_compared_without_its_login(
    url: str, shown: str, address: str | None, has_login: bool
) -> None:
    (found,) = read({"r.txt": f"-i {url}".encode()}, ["r.txt"]).indexes
    assert (found.shown, found.address, found.has_login) == (shown, address, has_login)


def everything_shown(parsed: ParsedFiles) -> str:
    shown = [text for one in parsed.indexes for text in (one.shown, one.address or "", repr(one), str(one))]
    return json.dumps([to_data(parsed), shown])


SECRET = st.tuples(st.text("abz09._~-:/?#@![]$&()*+,;=%{}|^", max_size=8), st.text("xyz/@:?#", max_size=4)).map(
    "s3cr3t".join
)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("requirements.txt", "--index-url '{url}'\nx"),
        ("requirements.txt", "--extra-index-url={url}\nx"),
        ("requirements.txt", "-f{url}\n"),
        ("pyproject.toml", "[[tool.uv.index]]\nurl = '''{url}'''\n"),
        ("pyproject.toml", "[[tool.poetry.source]]\nname='a'\nurl = '''{url}'''\n"),
        ("Pipfile", "[[source]]\nurl = '''{url}'''\n"),
    ],
)
@given(user=SECRET | st.just("u"), password=SECRET, scheme=st.sampled_from(["https://", "http://", "https:/", ""]))
def test_no_login_of_any_spelling_is_shown(path: str, template: str, user: str, password: str, scheme: str) -> None:
    url = f"{scheme}{user}:{password}@host.example/simple"
    content = template.format(url=url)
    parsed = read({path: content.encode()}, [path])
    assert "s3cr3t" not in everything_shown(parsed)


URL_PART = st.text("abc019.-_~", min_size=1, max_size=6)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([I, E, F]),
            st.builds("https://{}.example/{}".format, URL_PART.filter(lambda part: part[0].isalnum()), URL_PART),
        ),
        max_size=6,
    )
)
def test_every_line_option_is_named_once_in_order_with_its_line(options: list[tuple[IndexOption, str]]) -> None:
    content = "".join(f"--{option} {url}\n\n" for option, url in options)
    expected = [(option, url, 2 * position + 1) for position, (option, url) in enumerate(options)]
    assert named("requirements.txt", content) == expected


@given(st.data())
def test_tables_of_any_shape_name_only_texts(data: st.DataObject) -> None:
    value = st.sampled_from(['"https://a.example/s"', "1", "true", "[]", "{}", '""', '"x"', '[1, "https://b.example"]'])
    header = st.sampled_from(["[[tool.uv.index]]", "[[tool.poetry.source]]", "[[tool.pdm.source]]"])
    keys = ("url", "name", "priority", "default", "explicit", "type")
    text = "\n".join(
        data.draw(header) + "\n" + "\n".join(f"{key} = {data.draw(value)}" for key in keys)
        for _ in range(data.draw(st.integers(0, 4)))
    )
    parsed = read({"pyproject.toml": text.encode()}, ["pyproject.toml"])
    entries = text.count("[[")
    assert len({one.line for one in parsed.indexes} | {one.line for one in parsed.problems}) == entries
