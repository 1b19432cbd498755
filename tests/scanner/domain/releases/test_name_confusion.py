"""Which index pip would take a name from that several have."""

import pytest
from packaging.version import Version

from scanner.domain.releases.name_confusion import IndexListing, NameConfusion, newest_of

PUBLIC, PRIVATE = "https://public.example/simple", "https://private.example/simple"


def confusion(public: str | None, private: str | None) -> NameConfusion:
    versions = [Version(one) if one else None for one in (public, private)]
    return NameConfusion("ours", (IndexListing(PUBLIC, False, versions[0]), IndexListing(PRIVATE, True, versions[1])))


@pytest.mark.parametrize(
    ("public", "private", "winner"),
    [("2.0", "1.0", PUBLIC), ("1.0", "2.0", PRIVATE), ("1.0", "1.0", PRIVATE), ("1.0", None, PUBLIC)],
)
def test_the_highest_version_wins_and_of_equal_ones_the_index_named_last(
    public: str, private: str | None, winner: str
) -> None:
    assert confusion(public, private).winner.url == winner


def test_the_message_says_which_index_has_what_and_what_pip_would_do() -> None:
    assert confusion("9.0", "1.0").message == (
        f"ours is on several indexes: 9.0 on {PUBLIC}, 1.0 on {PRIVATE}. "
        f"pip would install 9.0 from {PUBLIC}; not the private one."
    )
    assert confusion("0.1", "1.0").message.endswith(
        f"pip would install 1.0 from {PRIVATE}; a higher version on {PUBLIC} would be installed in its place."
    )
    assert "pip would install nothing" in confusion(None, None).message


def test_a_confusion_is_read_as_it_was_written() -> None:
    taken = confusion("9.0", None)
    assert taken.to_json() == {
        "name": "ours",
        "places": [
            {"url": PUBLIC, "private": False, "version": "9.0"},
            {"url": PRIVATE, "private": True, "version": None},
        ],
        "installs": {"url": PUBLIC, "private": False, "version": "9.0"},
        "message": taken.message,
    }
    assert NameConfusion.from_json(taken.to_json()) == taken


def test_a_final_version_goes_before_a_newer_pre_release() -> None:
    assert newest_of([Version("1.0"), Version("2.0rc1")]) == Version("1.0")
    assert newest_of([Version("2.0rc1")]) == Version("2.0rc1")
    assert newest_of([]) is None
