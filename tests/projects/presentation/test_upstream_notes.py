"""The text of notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from projects.domain.assessment.verdicts import SEVERITIES, Severity, Verdict
from projects.domain.upstream.note_facts import AffectedTarget, NoteFacts
from projects.domain.upstream.notes import NoteKind
from projects.presentation.upstream_notes import UpstreamNote, describe_note, one_line_summary

MAC, WINDOWS = "cp313-macosx_14_0_x86_64", "cp313-win_amd64"
PLACE = AffectedTarget(MAC, "1.0", ">=1", "demo-1.0-cp313-cp313-macosx_11_0_x86_64.whl", "source", True)


def find_regression(*places: AffectedTarget) -> UpstreamNote:
    return describe_note("demo", NoteKind.REGRESSION, "1.1", Severity.HIGH, NoteFacts(places, before="1.0"))


@pytest.mark.parametrize(
    ("change", "why", "step", "line"),
    [
        ({}, "(>=1) admit 1.1: the next install without a lock file builds", "Exclude 1.1 until", "demo<1.1"),
        ({"specifier": ""}, "Your requirements admit 1.1: the next install", "Exclude 1.1 until", "demo<1.1"),
        ({"builds": True}, "builds it from source, which your policy accepts.", "Exclude 1.1 until", "demo<1.1"),
        ({"offered": "none"}, "an installer on that target stays at 1.0", "Exclude 1.1 until", "demo<1.1"),
        ({"offered": "excluded"}, "1.1 excludes that Python (Requires-Python)", "Stay at 1.0 on that Python", ""),
        ({"specifier": "==1.0", "admitted": False}, "do not admit 1.1, so nothing breaks", "Do not go past 1.0", ""),
        ({"specifier": "odd", "admitted": None}, "cannot be parsed as", "Exclude 1.1 until", "demo<1.1"),
        ({"in_use": "1.1"}, "You already use 1.1, which has no wheel there.", "Go back to 1.0", "demo<1.1"),
    ],
)  # fmt: skip
def test_a_regression_says_whether_it_breaks_and_what_to_do(
    change: dict[str, object], why: str, step: str, line: str
) -> None:
    note = find_regression(replace(PLACE, **change))
    assert note.headline == "demo 1.1 drops Python 3.13 on macOS x86-64 (14+)"
    assert len(note.why) == 1
    assert why in note.why[0]
    assert note.next_step.startswith(step)
    assert note.line == line
    assert (note.last_good, note.files) == ("1.0", (PLACE.file,))


def test_places_that_differ_are_told_apart() -> None:
    note = find_regression(PLACE, replace(PLACE, target=WINDOWS, in_use="0.9"))
    assert note.why[0].startswith("Python 3.13 on macOS x86-64 (14+): you use 1.0 there")
    assert note.why[1].startswith("Python 3.13 on Windows x64: you use 0.9 there")


def test_a_long_list_of_targets_is_a_number_in_the_headline() -> None:
    slugs = ["cp311-win32", "cp312-win_arm64", "cp313-macosx_14_0_x86_64", "cp314t-musllinux_1_2_aarch64"]
    note = find_regression(
        *(replace(PLACE, target=slug, file=f"{slug}.whl") for slug in [*slugs, "cp39-win32", "cp310-win32"])
    )
    assert note.headline == "demo 1.1 drops 6 of your targets"
    assert (len(note.files), note.files_left_out) == (5, 1)


@pytest.mark.parametrize(
    ("facts", "words", "step", "line"),
    [
        (
            NoteFacts((replace(PLACE, specifier="==1.0"),), reason="it deletes files.", instead="1.0.1"),
            ("Their reason: “it deletes files”.", "It is pinned (==1.0), so every install still takes it."),
            "Move to 1.0.1",
            "demo==1.0.1",
        ),
        (
            NoteFacts((PLACE,)),
            ("They give no reason.", "New installs take another version; what is deployed stays."),
            "No other version has a wheel",
            "",
        ),
    ],
)
def test_a_yank_says_why_and_whether_installs_go_on_taking_it(
    facts: NoteFacts, words: tuple[str, ...], step: str, line: str
) -> None:
    note = describe_note("demo", NoteKind.YANK, "1.0", Severity.HIGH, facts)
    assert note.headline == "demo 1.0, which you use, was yanked by its maintainers"
    assert note.why == words
    assert note.next_step.startswith(step)
    assert note.line == line


@pytest.mark.parametrize("status", ["archived", "deprecated", "quarantined", "something-new"])
def test_every_status_has_a_text_and_a_next_step(status: str) -> None:
    note = describe_note("demo", NoteKind.STATUS, status, Severity.LOW, NoteFacts(reason="use other"))
    assert status in note.headline
    assert "The reason given: “use other”." in note.why
    assert note.next_step


@given(st.text(), st.sampled_from(list(NoteKind)), st.sampled_from(SEVERITIES))
def test_what_others_write_stays_on_one_line_and_ends(reason: str, kind: NoteKind, severity: Severity) -> None:
    note = describe_note("demo", kind, "1.1", severity, NoteFacts((PLACE,), before="1.0", reason=reason))
    for words in (note.headline, *note.why, note.next_step, one_line_summary([note, note])):
        assert words.isprintable()
        assert len(words) < 500
    assert note.look in Verdict


@given(st.builds(NoteFacts, st.lists(st.builds(AffectedTarget, st.text(), st.text()), max_size=3).map(tuple)))
def test_stored_facts_come_back_as_they_were(facts: NoteFacts) -> None:
    assert NoteFacts.from_json(facts.to_json()) == facts


def test_facts_that_an_older_release_stored_have_defaults() -> None:
    facts = NoteFacts.from_json({"places": [{"target": MAC, "in_use": "1.0", "from_the_future": 1}]})
    assert facts == NoteFacts((AffectedTarget(MAC, "1.0"),))
