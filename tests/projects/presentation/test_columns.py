"""How targets are named."""

from projects.presentation.columns import columns_of


def test_a_column_without_a_known_target_is_named_by_its_slug() -> None:
    assert [column.label for column in columns_of(["cp399-x", "pp311-win_amd64"])] == [
        "cp399-x",
        "PyPy 3.11 on Windows x64",
    ]
