"""A conflict as a table: who asks for what, and on which of several targets."""

from projects.languages import speak
from projects.presentation.conflicts import conflict_cause, conflict_table
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.explain.sentences import plan_cause_text

CONFLICT = ConflictExplanation(
    (
        ConflictLine(LineKind.ASKED, "a", "a<2", target="cp314-win_amd64", source="requirements.txt", line=4),
        ConflictLine(LineKind.NEEDS, "b", "a>=2", "1.0 to 3.0", only=True, required="a", target="cp314-win_amd64"),
        ConflictLine(LineKind.UNAVAILABLE, "b", versions="4.0", obstacle=Obstacle.NO_FILE, target="cp314-win_amd64"),
    ),
    "a",
)


def test_the_rows_name_the_target_where_there_are_several() -> None:
    named = conflict_table(CONFLICT, {"cp314-win_amd64": "3.14 on Windows"}.__getitem__)
    assert [(row.who, row.what) for row in named.rows] == [
        ("requirements.txt:4", "a<2 on 3.14 on Windows"),
        ("all releases of b", "a>=2 on 3.14 on Windows"),
        ("the index", "b 4.0 has no file for it on 3.14 on Windows"),
    ]
    assert [row.what for row in conflict_table(CONFLICT, lambda _: "").rows][:2] == ["a<2", "a>=2"]


def test_the_cause_agrees_in_number() -> None:
    assert conflict_cause(ConflictExplanation(CONFLICT.lines[1:2] * 2, "a")).startswith("All releases of b need a>=2")


def test_the_sides_of_a_contradiction_are_in_the_language_of_the_page() -> None:
    contradiction = PlanReason(PlanReasonKind.CONTRADICTION, sides=CONFLICT.lines[:2])
    as_text = PlanReason.from_json({"kind": "contradiction", "sides": ["left needs shared<2", "right needs shared>=2"]})
    with speak("de"):
        said = plan_cause_text(contradiction, lambda slug: "Windows")
        assert said == "Sie fordern a<2 auf Windows, aber alle Releases von b brauchen a>=2 auf Windows"
        assert plan_cause_text(as_text) == "die Anforderungen widersprechen sich"
