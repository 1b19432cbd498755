"""The files of a release: platform tags in words."""

import pytest

from projects.presentation.package.files import describe_platforms


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", ["Linux x86-64, glibc 2.17"]),
        ("manylinux_2_28_aarch64.manylinux_2_17_aarch64", ["Linux arm64, glibc 2.17"]),
        ("musllinux_1_2_x86_64", ["Alpine x86-64, musl 1.2"]),
        ("macosx_11_0_arm64", ["macOS 11+ arm64"]),
        ("macosx_10_13_universal2", ["macOS 10.13+ universal2"]),
        ("win_arm64", ["Windows arm64"]),
        ("any", ["any"]),
        ("linux_x86_64", ["linux_x86_64"]),
    ],
)
def test_platform_tags_are_said_in_words(tags: str, text: list[str]) -> None:
    assert list(describe_platforms(tags.split("."))) == text
