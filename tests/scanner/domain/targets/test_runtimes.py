"""Runtimes: each label names one system on one processor."""

from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.runtimes import RUNTIMES


def test_labels_are_unique_and_name_the_processor() -> None:
    labels = {runtime.label: runtime.platform.slug for runtime in RUNTIMES}
    assert len(labels) == len(RUNTIMES)
    assert labels["Ubuntu 24.04 on arm64"] == "manylinux_2_39_aarch64"
    assert labels["macOS 14 on Apple silicon"] == "macosx_14_0_arm64"
    assert labels["Windows, 32-bit Python"] == "win32"


def test_every_linux_runtime_promises_a_floor() -> None:
    linux = [runtime for runtime in RUNTIMES if runtime.platform.system in (System.GLIBC, System.MUSL)]
    assert all(runtime.platform.floor > (0, 0) for runtime in linux)
