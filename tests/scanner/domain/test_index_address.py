"""Addresses of indexes: one spelling for each place, and nothing of a login in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.index_address import (
    InvalidAddress,
    encode_login,
    normalize_address,
    with_login,
    without_credentials,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("https://index.example/simple/", "https://index.example/simple"),
        ("HTTPS://u:p@Index.Example:443/Simple", "https://index.example/Simple"),
        ("http://index.example:80", "http://index.example"),
        ("http://index.example:443/a", "http://index.example:443/a"),
        ("https://[::1]:8443/s?x=1#f", "https://[::1]:8443/s"),
        ("https://index.example:/s", "https://index.example/s"),
    ],
)
def test_one_index_has_one_spelling(written: str, plain: str) -> None:
    assert normalize_address(written) == plain
    assert normalize_address(plain) == plain


@pytest.mark.parametrize(
    "written",
    ["", "index.example", "ftp://index.example", "https://", "https:///simple", "https://index.example:99999/",
     "https://u:pa/ss@index.example/", "https://[::1/", "https://index.example/a b", "https://index.example:0/"],
)  # fmt: skip
def test_what_no_client_could_ask_is_refused(written: str) -> None:
    with pytest.raises(InvalidAddress):
        normalize_address(written)


@given(st.text(max_size=40) | st.text("https:/@[]?#%.e0 ", max_size=30).map("https://".__add__))
def test_no_address_does_harm_and_a_refusal_never_repeats_it(written: str) -> None:
    refusal, plain = "", ""
    try:
        plain = normalize_address(written + "s3cr3t@index.example")
    except InvalidAddress as refused:
        refusal = str(refused)
    assert "s3cr3t" not in refusal + plain
    assert bool(refusal) != bool(plain)
    assert not plain or normalize_address(plain) == plain


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@index.example/simple/", "https://index.example/simple"),
        ("https://user:p@w@index.example:8443/simple", "https://index.example:8443/simple"),
        ("https://index.example/simple?token=1#x", "https://index.example/simple"),
        ("https://index.example", "https://index.example"),
        ("https://user:pw@[bad/simple", "(an address that cannot be read)"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("user", "secret", "login", "address"),
    [
        ("", "", "", "https://index.example/s"),
        ("robot", "", "robot", "https://robot@index.example/s"),
        ("", "t0ken", "t0ken", "https://t0ken@index.example/s"),
        ("ro:bot", "p@ss/w?rd#", "ro%3Abot:p%40ss%2Fw%3Frd%23", "https://ro%3Abot:p%40ss%2Fw%3Frd%23@index.example/s"),
    ],
)
def test_a_login_is_written_as_an_address_needs_it(user: str, secret: str, login: str, address: str) -> None:
    assert encode_login(user, secret) == login
    assert with_login("https://index.example/s", login) == address
    assert normalize_address(address) == "https://index.example/s"


def test_another_login_takes_the_place_of_one_that_is_there() -> None:
    assert with_login("https://old:one@index.example/s", "new") == "https://new@index.example/s"
