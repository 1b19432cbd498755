"""Phrases for many targets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.presentation.target_names import describe_targets
from scanner.domain.targets.catalogue import CATALOGUE


@pytest.mark.parametrize(
    ("slugs", "phrase"),
    [
        ([], ""),
        (["cp313-win_amd64"], "Python 3.13 on Windows x64"),
        (["cp313-win_amd64", "cp313-win_amd64"], "Python 3.13 on Windows x64"),
        (["cp313-win_amd64", "cp312-win_amd64"], "Python 3.12 and 3.13 on Windows x64"),
        ([f"cp3{minor}-win32" for minor in (14, 11, 13, 12)], "Python 3.11 to 3.14 on Windows 32-bit"),
        ([f"cp3{minor}-win32" for minor in (11, 12, 13, 15)], "Python 3.11 to 3.13 and 3.15 on Windows 32-bit"),
        (["cp313-win32", "cp313t-win32", "cp314t-win32"], "Python 3.13, 3.13t and 3.14t on Windows 32-bit"),
        (["cp313-win32", "cp313-macosx_14_0_x86_64"], "Python 3.13 on Windows 32-bit and macOS x86-64 (14+)"),
        (
            ["cp313-manylinux_2_17_x86_64", "cp313-manylinux_2_28_x86_64"],
            "Python 3.13 on Linux x86-64 (glibc 2.17 and 2.28)",
        ),
        (["cp312-win32", "cp313-win_arm64"], "Python 3.12 on Windows 32-bit and Python 3.13 on Windows arm64"),
        (
            ["cp312-win32", "cp313-win_arm64", "pp311-win_amd64"],
            "Python 3.12 on Windows 32-bit; Python 3.13 on Windows arm64; PyPy 3.11 on Windows x64",
        ),
        (["pp310-win_amd64", "cp313-win_amd64"], "PyPy 3.10 on Windows x64 and Python 3.13 on Windows x64"),
        (["cp313-amiga"], "cp313-amiga"),
    ],
)
def test_targets_share_a_phrase(slugs: list[str], phrase: str) -> None:
    assert describe_targets(slugs) == phrase


@given(st.lists(st.sampled_from([target.slug for target in CATALOGUE]), min_size=1))
def test_every_platform_is_named_and_the_order_of_pythons_does_not_matter(slugs: list[str]) -> None:
    phrase = describe_targets(slugs)
    named = {target.platform.label for target in CATALOGUE if target.slug in slugs}
    assert all(platform in phrase for platform in named)
    assert all(ord(letter) >= 32 for letter in phrase)
