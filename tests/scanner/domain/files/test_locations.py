"""Where a file is: whatever its URL, packing and unpacking it gives the same again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.locations import base_of, pack_location, pack_locations, unpack_location

DIGEST = "ab/cd/" + "0123456789" * 6
NAME = "demo-1.0-py3-none-any.whl"

names = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=40)
folders = st.one_of(
    st.just(DIGEST),
    st.just(DIGEST.upper()),
    st.just(f"packages/{DIGEST}"),
    st.text("abz0/%é-", max_size=80),
)
urls = st.builds("https://files.example/{}/{}".format, folders, names) | st.text("https:/.xa0", min_size=1, max_size=60)


@given(urls, urls, names, names)
def test_every_url_comes_back_whatever_the_base(url: str, other: str, name: str, others_name: str) -> None:
    for base in ("", base_of(url, name), base_of(other, others_name), base_of(other, other.rpartition("/")[2])):
        assert unpack_location(pack_location(url, name, base), name, base) == url
        assert pack_locations([url, url], [name, name], base) == [pack_location(url, name, base)] * 2


@pytest.mark.parametrize(
    ("url", "base", "size"),
    [
        (f"https://files.example/packages/{DIGEST}/{NAME}", "https://files.example/packages/", 33),
        (f"https://index.example/demo/{NAME}", "https://index.example/demo/", 1),
        (f"https://index.example/demo/{NAME}?token=1", "", 1 + len(f"https://index.example/demo/{NAME}?token=1")),
    ],
)
def test_what_the_base_tells_costs_nothing(url: str, base: str, size: int) -> None:
    assert base_of(url, NAME) == base
    assert len(pack_location(url, NAME, base)) == size


def test_a_file_elsewhere_keeps_its_whole_address() -> None:
    base = base_of(f"https://files.example/packages/{DIGEST}/{NAME}", NAME)
    url = f"https://other.example/{DIGEST}/{NAME}"
    assert unpack_location(pack_location(url, NAME, base), NAME, base) == url
