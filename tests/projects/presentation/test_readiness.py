"""The ladder in a sentence, by platform."""

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.columns import columns_of
from projects.presentation.readiness import readiness_lines

LINUX, TALL, WINDOWS = "manylinux_2_28_x86_64", "manylinux_2_39_x86_64", "win_amd64"


def test_each_python_is_reached_as_written_with_upgrades_or_not_yet() -> None:
    verdicts = {
        f"cp311-{LINUX}": ProjectVerdict.GO,
        f"cp313-{LINUX}": ProjectVerdict.CONDITIONAL,
        f"cp314-{LINUX}": ProjectVerdict.CONDITIONAL,
    }
    verdicts |= {f"cp314t-{LINUX}": ProjectVerdict.NO_GO, f"cp315-{LINUX}": ProjectVerdict.UNKNOWN}
    (reach,) = readiness_lines(columns_of(verdicts), verdicts)
    assert reach.platforms == "Linux x86-64"
    assert reach.text == "3.11 as written; 3.13 and 3.14 with upgrades; not yet 3.14t; 3.15 not known yet"


def test_platforms_that_read_alike_share_a_line_and_two_floors_of_one_are_told_apart() -> None:
    slugs = [f"cp313-{platform}" for platform in (LINUX, TALL, WINDOWS)]
    reach = readiness_lines(
        columns_of(slugs), {slugs[0]: ProjectVerdict.NO_GO, slugs[1]: ProjectVerdict.GO, slugs[2]: ProjectVerdict.GO}
    )
    assert [(one.platforms, one.text) for one in reach] == [
        ("Linux x86-64 (glibc 2.28)", "not yet 3.13"),
        ("Linux x86-64 (glibc 2.39) and Windows x64", "3.13 as written"),
    ]


def test_nothing_is_said_while_nothing_is_known() -> None:
    assert readiness_lines(columns_of([f"cp313-{LINUX}"]), {}) == ()
    assert readiness_lines((), {}) == ()
