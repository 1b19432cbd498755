"""Logins are taken out of files, and a text made of them gets them back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from projects.domain.dependency_files import read
from projects.domain.dependency_files.logins import FileLogins, hide_logins
from projects.domain.dependency_files.redaction import without_credentials

LOGINS = [
    ("--index-url https://user:pass-word-1@index.example/simple\n", ["user:pass-word-1"]),
    ("a @ git+https://token:x@git.example/a/b@v1\n", ["token:x"]),
    ("a @ git+https://ghp_0123456789@git.example/a/b\n", ["ghp_0123456789"]),
    ("--extra-index-url https://u:p/w@index.example/simple\n", ["u:p/w"]),
    ("--extra-index-url https://u:p@ss@index.example/simple\n", ["u:p@ss"]),
    ("a @ https://files.example/a-1.whl?token=abcdef&x=1\n", ["abcdef"]),
    ("# see https://u:p@wiki.example/page\nsix\n", ["u:p"]),
    ("--index-url https://conda.example/t/abc-12345678/main/\n", ["abc-12345678"]),
    ("a @ ssh://git:pass@git.example/a\n", ["git:pass"]),
    ("a @ https://u:1@a.example/x\nb @ https://u:2@b.example/y\n", ["u:1", "u:2"]),
]
PUBLIC = [
    "a @ git+ssh://git@git.example/a/b\n",
    "--index-url https://${USER}:${PASSWORD}@index.example/simple\n",
    "--index-url https://index.example/simple\n",
    "a==1 # me@team.example\n",
    "-e git+git@git.example:a/b.git\n",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize(("text", "logins"), LOGINS)
def test_a_login_is_taken_out_and_put_back(text: str, logins: list[str], encoding: str) -> None:
    content = text.encode(encoding)
    hidden, found = hide_logins({"requirements.txt": content})
    assert list(found.values) == logins
    stored = hidden["requirements.txt"].decode(encoding)
    assert not any(login in stored for login in logins)
    assert found.restore(stored) == text
    assert FileLogins.from_json(found.to_json()) == found


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_no_secret_stays(text: str) -> None:
    hidden, found = hide_logins({"requirements.txt": text.encode()})
    assert hidden == {"requirements.txt": text.encode()}
    assert found.values == ()
    assert found.to_json() == ""


@pytest.mark.parametrize("text", [text for text, logins in LOGINS if "/" not in logins[0]])
def test_the_file_is_read_as_before_and_what_was_read_has_no_login(text: str) -> None:
    files = {"requirements.txt": text.encode()}
    hidden, found = hide_logins(files)
    before, after = read(files, ["requirements.txt"]), read(hidden, ["requirements.txt"])
    numbered = re.sub(r"[*]{4}[0-9]", "****", repr(replace(after, sources=(), indexes=())))
    assert numbered == repr(replace(before, sources=(), indexes=()))
    assert not any(login in numbered for login in found.values)
    assert [one.has_login for one in after.indexes] == [one.has_login for one in before.indexes]


SIGNS = [":", "@", " ", "\n", "?token=", "&", "****1", "****", "1", "${A}", "#", "/t/", "é"]
PIECES = st.sampled_from(["https://", "u", "p", "h.example/", *SIGNS])


@given(st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=3))
def test_any_text_comes_back_whole(texts: list[str]) -> None:
    files = {str(number): text.encode() for number, text in enumerate(texts)}
    hidden, found = hide_logins(files)
    for number, text in enumerate(texts):
        stored = hidden[str(number)].decode()
        assert found.restore(stored) == text
        assert without_credentials(found.restore(stored)) == without_credentials(text)
