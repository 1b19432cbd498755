"""Dependency confusion as people read it: what pip would do, where the name stands, what to do next."""

from packaging.version import Version

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.formats.schema import confusion_document
from projects.presentation.name_confusion import confusion_of, places_by_name, tell_confusions
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion

OURS, PUBLIC, ALSO = "https://ours.example/simple", "https://index.example/simple", "https://also.example/simple"


def stored(name: str, ours: str | None, public: str | None, *, public_is_private: bool = False) -> dict[str, object]:
    places = [
        IndexListing(PUBLIC, public_is_private, Version(public) if public else None),
        IndexListing(OURS, True, Version(ours) if ours else None),
    ]
    return confusion_document(NameConfusion(name, tuple(places)))


def test_a_name_that_pip_takes_from_elsewhere_comes_first_and_is_worst() -> None:
    safe, taken = stored("alpha", "2.0", "1.0"), stored("beta", "1.0", "99.0")
    first, second = tell_confusions([safe, taken])
    assert (first.name, first.look, first.headline) == (
        "beta",
        Verdict.BLOCKED,
        "pip would not install your own beta.",
    )
    assert f"It would take 99.0 from {PUBLIC}" in first.meaning
    assert (second.name, second.look) == ("alpha", Verdict.UPGRADE)
    assert f"pip would install 2.0 from {OURS} today" in second.meaning
    assert f"uploads a higher version to {PUBLIC}" in second.meaning


def test_it_says_where_the_name_stands_and_the_ways_out() -> None:
    (told,) = tell_confusions([stored("ours", "2.0", None)])
    assert told.standing == (
        f"no version on {PUBLIC}, an index that others use too",
        f"2.0 on {OURS}, your own index",
    )
    pin, proxy, name = told.to_do
    assert "hash" in pin
    assert f"takes ours from {OURS}" in proxy
    assert f"whose ours on {PUBLIC} is" in name


def test_between_two_indexes_of_ones_own_the_other_one_is_named() -> None:
    (told,) = tell_confusions([stored("ours", "2.0", "1.0", public_is_private=True)])
    assert f"uploads a higher version to {PUBLIC}" in told.meaning


def test_one_name_is_found_and_counted() -> None:
    both = [stored("alpha", "2.0", "1.0"), stored("beta", "1.0", "99.0")]
    found = confusion_of(both, "beta")
    assert found is not None
    assert found.name == "beta"
    assert confusion_of(both, "gamma") is None
    assert places_by_name(both) == {"alpha": 2, "beta": 2}
