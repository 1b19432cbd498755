"""The page of one cell."""

from datetime import UTC, datetime

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.presentation.cell import cell_page
from projects.presentation.columns import column_of
from tests.cast import WINDOWS_313, make_package


def test_a_page_has_everything_that_is_known() -> None:
    page = cell_page(make_package("orjson", "upgrade", paths=[["fastapi", "orjson"]]), column_of(WINDOWS_313))
    assert page.reason == "No wheel for cp313; has cp38 to cp312."
    assert page.error.startswith("a source build; with --only-binary")
    assert page.advice.startswith("Move orjson to 9.0")
    assert page.provenance == ("direct, requirements.txt line 3", "fastapi → orjson")
    assert page.first is not None
    assert page.first.uploaded_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_reason_is_a_sentence_also_where_a_comma_follows_its_first_word() -> None:
    known = BreakEvidence("import a", "ImportError", "measured", partner="b 2", held_at="1.9")
    reason = PackageReason(ReasonKind.KNOWN_BREAK, known_break=known)
    page = cell_page(make_package("a", "held-back", reason=reason), column_of(WINDOWS_313))
    assert page.reason.startswith("Installs, but is known to break with b 2: `import a` fails")


def test_a_line_of_a_list_is_called_neither_direct_nor_transitive() -> None:
    package = make_package(
        "greenlet", direct=None, source="frozen.txt", paths=[["greenlet"], ["sqlalchemy", "greenlet"]]
    )
    lines = cell_page(package, column_of(WINDOWS_313)).provenance
    assert lines == ("listed, not said whether direct, frozen.txt line 3", "sqlalchemy → greenlet")


def test_a_row_of_little_is_still_a_page() -> None:
    package = PackageResult.from_json(
        {"name": "a", "version": None, "verdict": "unknown", "availability": "unknown", "direct": False}
    )
    assert package.reason == PackageReason(ReasonKind.TEXT)
    page = cell_page(package, column_of("cp399-nowhere"))
    assert (page.version, page.reason, page.provenance) == ("", "", ("pinned in the file",))
    assert page.column.label == "cp399-nowhere"
