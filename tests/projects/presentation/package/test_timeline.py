"""The first wheels of a package as a plot over time with its text."""

from datetime import date

from projects.presentation.package.timeline import Timeline, timeline
from scanner.domain.matching.availability import Availability
from scanner.domain.releases.first_wheels import FirstWheel, ServedBy
from scanner.domain.targets.pythons import PYTHONS, Python
from scanner.domain.targets.target import parse_target

TODAY = date(2026, 11, 27)


def python(slug: str) -> Python:
    return next(one for one in PYTHONS if one.slug == slug)


def drawn(**served: ServedBy | None) -> Timeline | None:
    """The plot of one platform with these first wheels by Python."""
    wheels = [FirstWheel(parse_target(f"{slug}-win_amd64"), one) for slug, one in served.items()]
    return timeline({"Windows x64": wheels}, [python(slug) for slug in served], TODAY, lags=(), forecast=None)


def test_a_row_has_the_day_the_release_and_the_lag_and_the_newest_python_comes_first() -> None:
    found = drawn(
        cp313=ServedBy("2.0", Availability.NATIVE, date(2024, 10, 17)),
        cp314=ServedBy("3.0", Availability.ABI3, date(2025, 10, 1)),
        cp315=None,
    )
    assert found is not None
    assert [row.python for row in found.rows] == ["3.15", "3.14", "3.13"]
    assert [row.cells[0].text for row in found.rows] == ["no wheel", "abi3", "10 days after"]
    assert found.rows[2].cells[0].version == "2.0"


def test_without_a_forecast_it_says_how_little_is_known() -> None:
    old = ServedBy("2.0", Availability.NATIVE, date(2024, 10, 17))
    found = drawn(cp313=old, cp315=None, cp315t=None, cp316=None)
    assert found is not None
    assert found.silence == (
        "No forecast for 3.15 on Windows x64: 0 of at least 3 first wheels that followed a release are known."
    )
    elsewhere = timeline(
        {
            "Windows x64": [FirstWheel(parse_target("cp315-win_amd64"), None)],
            "macOS": [FirstWheel(parse_target("cp315-macosx_14_0_arm64"), old)],
        },
        [python("cp315")],
        TODAY,
        lags=(),
        forecast=None,
    )
    assert elsewhere is not None
    assert "other platforms have its wheel" in elsewhere.silence
    complete = drawn(cp315=old, cp315t=None, cp316=None)
    assert complete is not None
    assert complete.silence == ""


def test_marks_lie_between_the_ends_of_the_plot() -> None:
    found = drawn(cp313=ServedBy("2.0", Availability.NATIVE, date(2024, 10, 17)), cp316=None)
    assert found is not None
    (mark,) = found.rows[1].marks
    assert found.rows[1].released_x == 0
    assert 0 < mark.x < 100
    # A Python without a release date has no line.
    assert found.rows[0].released_x is None


def test_without_any_wheel_there_is_no_plot() -> None:
    assert drawn(cp313=None) is None
