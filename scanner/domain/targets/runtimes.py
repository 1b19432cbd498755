"""The systems on which people run Python, under the names they use: container images, distributions, desktops."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.target import parse_target


@dataclass(frozen=True, slots=True)
class Runtime:
    """A system that people run, on one processor. The floor of `platform` is the one that the system promises."""

    name: str
    processor: str
    platform: Platform

    @property
    def label(self) -> str:
        """The name with the processor: "Ubuntu 24.04 on x86-64"."""
        return f"{self.name} on {self.processor}" if self.processor else self.name


_PROCESSORS = {"x86_64": "x86-64", "aarch64": "arm64", "armv7l": "32-bit Arm"}


def _runtime(name: str, processor: str, platform: str) -> Runtime:
    # Any Python does; only the platform of the target is used.
    return Runtime(name, processor, parse_target(f"cp313-{platform}").platform)


def _linux(name: str, glibc: int, architectures: Iterable[str] = ("x86_64", "aarch64")) -> tuple[Runtime, ...]:
    return tuple(_runtime(name, _PROCESSORS[arch], f"manylinux_2_{glibc}_{arch}") for arch in architectures)


RUNTIMES: tuple[Runtime, ...] = (
    *_linux("python:3.X and python:3.X-slim (Debian 13)", 41),
    *_linux("python:3.X-bookworm (Debian 12)", 36),
    _runtime("python:3.X-alpine", "x86-64", "musllinux_1_2_x86_64"),
    _runtime("python:3.X-alpine", "arm64", "musllinux_1_2_aarch64"),
    *_linux("Debian 11", 31),
    *_linux("Ubuntu 20.04", 31),
    *_linux("Ubuntu 22.04", 35),
    *_linux("Ubuntu 24.04", 39),
    *_linux("RHEL 7, CentOS 7", 17, ("x86_64",)),
    *_linux("RHEL 8, Rocky 8, Alma 8", 28),
    *_linux("RHEL 9, Rocky 9, Alma 9", 34),
    *_linux("RHEL 10, Rocky 10, Alma 10", 39),
    *_linux("Amazon Linux 2, AWS Lambda up to Python 3.11", 26),
    *_linux("Amazon Linux 2023, AWS Lambda from Python 3.12", 34),
    *_linux("Raspberry Pi OS 12, 32-bit", 36, ("armv7l",)),
    _runtime("macOS 14", "Apple silicon", "macosx_14_0_arm64"),
    _runtime("macOS 15", "Apple silicon", "macosx_15_0_arm64"),
    _runtime("macOS 26", "Apple silicon", "macosx_26_0_arm64"),
    _runtime("macOS 14", "Intel", "macosx_14_0_x86_64"),
    _runtime("macOS 15", "Intel", "macosx_15_0_x86_64"),
    _runtime("Windows 10 or 11", "x64", "win_amd64"),
    _runtime("Windows 11", "arm64", "win_arm64"),
    _runtime("Windows, 32-bit Python", "", "win32"),
)
"""One row for each system and processor, the lowest floors first within a family."""
