"""The proof of one cell."""

from datetime import UTC, datetime

from projects.presentation.cell import proof_of
from projects.presentation.columns import column_of
from tests.cast import WINDOWS_313, package_row


def test_a_proof_tells_everything_that_is_stored() -> None:
    row = package_row("orjson", "upgrade", paths=[["fastapi", "orjson"]], error="ERROR: x", advice="Move it.")
    proof = proof_of(row, column_of(WINDOWS_313))
    assert proof.why == "No wheel for cp313; has cp38 to cp312."
    assert (proof.would_see, proof.to_do) == ("ERROR: x", "Move it.")
    assert proof.arrives_by == ("direct, requirements.txt line 3", "fastapi → orjson")
    assert proof.first is not None
    assert proof.first.uploaded_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_line_of_a_list_is_called_neither_direct_nor_transitive() -> None:
    row = package_row("greenlet", direct=None, source="frozen.txt", paths=[["greenlet"], ["sqlalchemy", "greenlet"]])
    arrives = proof_of(row, column_of(WINDOWS_313)).arrives_by
    assert arrives == ("listed, not said whether direct, frozen.txt line 3", "sqlalchemy → greenlet")


def test_a_proof_of_little_is_still_a_proof() -> None:
    row = {"name": "a", "version": None, "verdict": "unknown"}
    proof = proof_of(row, column_of("cp399-nowhere"))
    assert (proof.version, proof.why, proof.arrives_by) == ("", "", ("pinned in the file",))
    assert proof.column.label == "cp399-nowhere"
