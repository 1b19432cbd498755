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


def test_the_sentence_says_what_stands_where_and_what_pip_would_do() -> None:
    assert confusion("9.0", "1.0").sentence == (
        f"ours stands on several indexes: 9.0 on {PUBLIC}, 1.0 on {PRIVATE}. "
        f"pip would install 9.0 from {PUBLIC}; not the private one."
    )
    assert confusion("0.1", "1.0").sentence.endswith(
        f"pip would install 1.0 from {PRIVATE}; a higher version on {PUBLIC} would be installed in its place."
    )
    assert "pip would install nothing" in confusion(None, None).sentence


def test_a_final_version_goes_before_a_newer_pre_release() -> None:
    assert newest_of([Version("1.0"), Version("2.0rc1")]) == Version("1.0")
    assert newest_of([Version("2.0rc1")]) == Version("2.0rc1")
    assert newest_of([]) is None
