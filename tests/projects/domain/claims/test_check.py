"""Claims against facts: each way of being right, wrong, outdated or unclear."""

import pytest
from msgspec.structs import replace

from projects.domain.claims.check import check_claim
from projects.domain.claims.claim import Claim
from projects.domain.claims.facts import MeasuredRelease, PackageFacts
from scanner.domain.evidence.declared import Declaration
from scanner.domain.matching.availability import Availability

UNREAD = MeasuredRelease("1.0", Availability.PURE, "a-1.0-py3-none-any.whl", "2024-01-01", "a pure Python wheel")
PURE = replace(UNREAD, declaration=Declaration.UNDECLARED)
BROKEN = replace(PURE, broken="import a fails with ModuleNotFoundError")
SLOW = MeasuredRelease(
    "1.0", Availability.FALLBACK, "a-1.0-py3-none-any.whl", "2024-01-01", "only the plain wheel fits"
)
NATIVE = MeasuredRelease(
    "2.0", Availability.NATIVE, "a-2.0-cp313-cp313-win_amd64.whl", "2024-10-10", "a wheel for cp313"
)
SOURCE = MeasuredRelease("1.0", Availability.SOURCE, "a-1.0.tar.gz", "2024-01-01", "no wheel for cp313; has cp312")
FITS = PackageFacts(PURE, None, PURE, None)
FALLS_BACK = PackageFacts(SLOW, None, SLOW, NATIVE)
MISSES = PackageFacts(SOURCE, "2.0", NATIVE, NATIVE)
DRAGGED = PackageFacts(PURE, "2.0", PURE, NATIVE, plan_reason="a 1.0 needs core==1.0")
ABSENT = PackageFacts(None, None, NATIVE, NATIVE)
NOTHING = PackageFacts(None, None, None, None)
THROUGH = replace(FITS, paths=(("web[all]", "a"),))


def no_facts(name: str) -> None:
    return None


def judged(text: str, now: PackageFacts, then: PackageFacts | None = None, least: str | None = None) -> str:
    claim = Claim("a", text, "1.0", least)
    other = {"core": replace(FITS, first=NATIVE)}.get
    return check_claim(claim, now, then or now, other, other).verdict.value


@pytest.mark.parametrize(
    ("text", "facts", "least", "holds"),
    [
        ("compatible", FITS, None, "right"),
        ("compatible: wheels available", MISSES, "1.0", "wrong"),
        ("compatible", DRAGGED, None, "wrong"),
        ("works but not declared", FITS, None, "right"),
        (
            "works but not declared",
            replace(FITS, used=replace(PURE, declaration=Declaration.CLASSIFIER)),
            None,
            "wrong",
        ),
        ("works", replace(FITS, used=BROKEN), None, "wrong"),
        ("breaks", replace(FITS, used=BROKEN, first=NATIVE), "2.0", "right"),
        # What was not looked at gets no tick.
        ("works", replace(FITS, used=UNREAD), None, "unclear"),
        ("declared", replace(FITS, used=UNREAD), None, "unclear"),
        # A proof says more than a declaration.
        ("works", replace(FITS, used=replace(UNREAD, ran=True)), None, "right"),
        ("works", replace(FITS, used=replace(PURE, ran=False)), None, "wrong"),
        ("fails", replace(FITS, used=replace(PURE, ran=False)), None, "right"),
        ("breaks", replace(FITS, used=UNREAD), None, "wrong"),
        ("ok: pure Python", FITS, None, "right"),
        ("ok: pure Python", replace(FITS, used=NATIVE), None, "wrong"),
        ("must upgrade", MISSES, "2.0", "right"),
        ("must upgrade", MISSES, "1.9", "wrong"),
        ("must upgrade", DRAGGED, "2.0", "right"),
        ("must upgrade", FITS, "2.0", "wrong"),
        ("upgrade recommended: 2.0 has wheels", MISSES, "2.0", "right"),
        ("upgrade recommended: 3.0 has wheels", MISSES, "3.0", "wrong"),
        ("upgrade recommended", FITS, "2.0", "wrong"),
        ("upgrade recommended: first wheels in 2.0", FALLS_BACK, "2.0", "right"),
        ("fails: C extensions", FITS, None, "wrong"),
        ("fails: no wheels for this target", ABSENT, None, "wrong"),
        ("fails: no wheels for this target", NOTHING, None, "right"),
        ("partial: needs core 2.0", FITS, None, "right"),
        ("partial: needs core 2.1", FITS, None, "wrong"),
        ("likely ok, comes through web", THROUGH, None, "right"),
        ("likely ok, comes through other", THROUGH, None, "wrong"),
        ("likely ok, comes through web", FITS, None, "wrong"),
        ("uncertain: needs a look", FITS, None, "unclear"),
        ("imported but not required", ABSENT, None, "right"),
        ("imported but not required", NOTHING, None, "right"),
        ("imported but not required", THROUGH, None, "right"),
        ("imported but not required", replace(FITS, is_direct=True), None, "wrong"),
    ],
)
def test_a_claim_is_checked_against_the_facts(text: str, facts: PackageFacts, least: str | None, holds: str) -> None:
    assert judged(text, facts, least=least) == holds


def test_what_was_right_when_it_was_written_is_outdated() -> None:
    assert judged("fails", FITS, then=MISSES) == "outdated"


def test_each_verdict_has_its_evidence() -> None:
    wrong = check_claim(Claim("a", "compatible", "1.0", None), MISSES, MISSES, no_facts, no_facts)
    dragged = check_claim(Claim("a", "must upgrade", "1.0", "2.0"), DRAGGED, DRAGGED, no_facts, no_facts)

    assert wrong.evidence == ("1.0: no wheel for cp313; has cp312",)
    (evidence,) = dragged.evidence
    assert evidence == (
        "1.0 installs from a-1.0-py3-none-any.whl of 2024-01-01 and does not declare this Python; "
        "the smallest plan moves it to 2.0, because a 1.0 needs core==1.0"
    )


def test_the_evidence_of_a_way_is_the_way_through_the_package_that_the_claim_names() -> None:
    facts = replace(FITS, paths=(("a",), ("core", "a"), ("web", "a")))
    found = [
        check_claim(Claim("a", f"comes through {name}"), facts, facts, no_facts, no_facts).evidence
        for name in ("web", "other")
    ]
    assert found == [("it is required through web → a",), ("it is required by name, not through other",)]


def test_evidence_that_another_repeats_is_left_out() -> None:
    claim = Claim("a", "must upgrade", "1.0", "2.0")
    assert check_claim(claim, FITS, FITS, no_facts, no_facts).evidence == (
        "1.0 installs from a-1.0-py3-none-any.whl of 2024-01-01 and does not declare this Python; no upgrade is needed",
    )


def test_the_evidence_of_what_is_not_required_names_its_first_wheel() -> None:
    claim = Claim("a", "imported but not required")
    evidence = [check_claim(claim, facts, facts, no_facts, no_facts).evidence for facts in (ABSENT, NOTHING, THROUGH)]
    alone = "the requirements neither name it nor lead to it"
    assert evidence == [
        (f"{alone}; the first wheel is in 2.0, a-2.0-cp313-cp313-win_amd64.whl of 2024-10-10",),
        (f"{alone}; no version has a wheel there",),
        ("the requirements do not name it; it is required through web[all] → a",),
    ]


def test_the_evidence_of_a_claim_goes_up_the_whole_ladder() -> None:
    used = replace(PURE, ran=True, read="a/web.py line 3 imports cgi")
    claim = Claim("a", "works", "1.0")
    (text,) = check_claim(claim, replace(FITS, used=used), FITS, no_facts, no_facts).evidence
    assert text == (
        "1.0 installs from a-1.0-py3-none-any.whl of 2024-01-01 and does not declare this Python, "
        "and ran in the last proof; its wheel: a/web.py line 3 imports cgi"
    )
