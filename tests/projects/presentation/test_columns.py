"""Names of targets."""

from projects.presentation.columns import column_of, columns_of


def test_a_column_without_a_known_target_is_named_by_its_slug() -> None:
    assert [column.label for column in columns_of(["cp399-x", "pp311-win_amd64"])] == [
        "cp399-x",
        "PyPy 3.11 on Windows x64",
    ]
    assert column_of("cp314-manylinux_2_28_x86_64").inline_label == "Python 3.14, Linux x86-64 (glibc 2.28)"
