"""Notices of dependency confusion: what pip would do, where the name is found, what to do next."""

from packaging.version import Version

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.name_confusion import confusion_notices, find_notice
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion

OURS, PUBLIC = "https://ours.example/simple", "https://index.example/simple"


def confusion(name: str, ours: str | None, public: str | None, *, public_is_private: bool = False) -> NameConfusion:
    listings = (
        IndexListing(PUBLIC, public_is_private, Version(public) if public else None),
        IndexListing(OURS, True, Version(ours) if ours else None),
    )
    return NameConfusion(name, listings)


def test_a_name_that_pip_takes_from_elsewhere_comes_first_and_is_worst() -> None:
    safe, taken = confusion("alpha", "2.0", "1.0"), confusion("beta", "1.0", "99.0")
    first, second = confusion_notices([safe, taken])
    assert (first.name, first.look) == ("beta", Verdict.BLOCKED)
    assert first.headline == "pip would not install your own beta."
    assert first.meaning == f"pip would install 99.0 from {PUBLIC} instead, unless a pin or a hash forbids it."
    assert (second.name, second.look, second.headline) == ("alpha", Verdict.UPGRADE, "alpha is on 2 indexes.")
    assert second.meaning == (
        f"pip would install 2.0 from {OURS} today. If a higher version is uploaded to {PUBLIC}, "
        "pip installs that one instead, unless a hash forbids it."
    )


def test_a_notice_lists_the_indexes_and_three_actions() -> None:
    (notice,) = confusion_notices([confusion("ours", "2.0", None)])
    assert notice.listings == (f"no version on {PUBLIC}, a public index", f"2.0 on {OURS}, your own index")
    pin, proxy, name = notice.actions
    assert "--hash" in pin
    assert f"takes ours from {OURS}" in proxy
    assert f"who owns ours on {PUBLIC}" in name


def test_between_two_private_indexes_the_other_one_is_named() -> None:
    (notice,) = confusion_notices([confusion("ours", "2.0", "1.0", public_is_private=True)])
    assert f"uploaded to {PUBLIC}" in notice.meaning


def test_the_notice_about_one_name_is_found() -> None:
    both = [confusion("alpha", "2.0", "1.0"), confusion("beta", "1.0", "99.0")]
    found = find_notice(both, "beta")
    assert found is not None
    assert found.name == "beta"
    assert find_notice(both, "gamma") is None
