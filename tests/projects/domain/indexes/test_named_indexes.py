"""What files name and a project does not know: once each, with every place, and never a login."""

import json

from projects.domain.dependency_files import read
from projects.domain.indexes.named_indexes import MOST_KEPT, find_notices, options_to_store

A, B = "https://a.index.example/simple", "https://b.index.example/simple"


def stored(**files: str) -> list[dict[str, object]]:
    given = {f"{name}.txt": content.encode() for name, content in files.items()}
    return options_to_store(read(given, list(given)).indexes)


def test_an_index_is_told_once_with_every_place_that_names_it() -> None:
    (found,) = find_notices(
        stored(a=f"-i {A}/\n", b=f"x\n--extra-index-url {A}\n" + f"--extra-index-url {A}\n" * 3), ()
    )
    assert found.places == ("a.txt line 1", "b.txt line 2", "b.txt line 3")
    assert (found.more_places, found.address, found.is_primary, found.asks_login) == (2, A, True, False)


def test_what_the_project_knows_is_not_told_whatever_its_login_says() -> None:
    assert find_notices(stored(a=f"-i https://robot:s3cret@A.index.example:443/simple/\n-i {B}"), {A, B}) == ()


def test_a_login_or_a_variable_is_asked_for_and_never_kept() -> None:
    found = stored(a="-i https://robot:s3cret@a.index.example/simple\n--extra-index-url https://${HOST}/simple")
    assert "s3cret" not in json.dumps(found)
    first, second = find_notices(found, ())
    assert (first.address, first.shown, first.asks_login) == (A, "https://****@a.index.example/simple", True)
    assert (second.address, second.shown, second.asks_login) == ("", "https://${HOST}/simple", False)


def test_what_cannot_be_added_says_why_even_where_the_address_is_known() -> None:
    links, nothing = find_notices(stored(a=f"-f {A}\n--no-index\n"), {A})
    assert "does not read" in links.unsupported
    assert "turns off all indexes" in nothing.unsupported
    assert (links.shown, nothing.shown) == (A, "")


def test_the_numbers_find_a_notice_again() -> None:
    assert [one.number for one in find_notices(stored(a=f"-i {A}\n-i {B}"), ())] == [0, 1]


def test_a_file_that_names_very_many_fills_no_database() -> None:
    assert len(stored(a="\n".join(f"-i https://i{n}.example/" for n in range(500)))) == MOST_KEPT
