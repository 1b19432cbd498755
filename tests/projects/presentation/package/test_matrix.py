"""The columns that a package page shows first."""

from projects.presentation.columns import columns_of
from projects.presentation.package.matrix import matrix_columns


def test_a_package_page_shows_a_cross_of_many_targets() -> None:
    slugs = [
        f"{python}-{platform}" for python in ("cp313", "cp314") for platform in ("win_amd64", "win_arm64", "win32")
    ]
    columns = columns_of(slugs)
    assert matrix_columns(columns, [], 6) == columns
    assert [column.slug for column in matrix_columns(columns, [], 4)] == [
        "cp313-win_amd64",
        "cp314-win_amd64",
        "cp314-win_arm64",
        "cp314-win32",
    ]
    assert [column.slug for column in matrix_columns(columns, ["cp313-win32", "x"], 4)] == ["cp313-win32"]
