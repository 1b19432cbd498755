"""The systems on which people run Python, under the names they use: container images, distributions, desktops."""

from collections.abc import Iterable

from msgspec import Struct

from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.target import parse_target
from scanner.domain.translation import gettext, noop


class Runtime(Struct, frozen=True):
    """A system that people run, on one processor. The floor of `platform` is the one that the system promises.

    - names: what the system is called on the command line: "ubuntu-24.04-arm64".
    - python: the slug of the Python that the system installs as its own; empty where it has none of the catalogue.
    """

    name: str
    processor: str
    platform: Platform
    names: tuple[str, ...]
    python: str = ""

    @property
    def key(self) -> str:
        """The label in English, which is the value in forms."""
        return f"{self.name} on {self.processor}" if self.processor else self.name

    @property
    def label(self) -> str:
        """The name with the processor: "Ubuntu 24.04 on x86-64"."""
        system = gettext(self.name)
        if not self.processor:
            return system
        return gettext("{system} on {processor}").format(system=system, processor=gettext(self.processor))


_PROCESSORS = {"x86_64": "x86-64", "aarch64": "arm64"}
# The processor without a suffix is the one that most machines of the system have.
_SUFFIXES = {"x86_64": "", "aarch64": "-arm64"}


def _runtime(name: str, processor: str, platform: str, *names: str, python: str = "") -> Runtime:
    # Any Python does; only the platform of the target is used.
    return Runtime(name, processor, parse_target(f"cp313-{platform}").platform, names, python)


def _linux(
    name: str, glibc: int, names: str, python: str = "", architectures: Iterable[str] = ("x86_64", "aarch64")
) -> tuple[Runtime, ...]:
    return tuple(
        _runtime(
            name,
            _PROCESSORS[arch],
            f"manylinux_2_{glibc}_{arch}",
            *(f"{one}{_SUFFIXES[arch]}" for one in names.split()),
            python=python,
        )
        for arch in architectures
    )


RUNTIMES: tuple[Runtime, ...] = (
    *_linux(noop("python:3.X and python:3.X-slim (Debian 13)"), 41, "debian-13", "cp313"),
    *_linux("python:3.X-bookworm (Debian 12)", 36, "debian-12", "cp311"),
    _runtime("python:3.X-alpine", "x86-64", "musllinux_1_2_x86_64", "alpine"),
    _runtime("python:3.X-alpine", "arm64", "musllinux_1_2_aarch64", "alpine-arm64"),
    *_linux("Debian 11", 31, "debian-11", "cp39"),
    *_linux("Ubuntu 20.04", 31, "ubuntu-20.04", "cp38"),
    *_linux("Ubuntu 22.04", 35, "ubuntu-22.04", "cp310"),
    *_linux("Ubuntu 24.04", 39, "ubuntu-24.04", "cp312"),
    *_linux("RHEL 7, CentOS 7", 17, "rhel-7 centos-7", "", ("x86_64",)),
    # RHEL 8 has Python 3.6 of its own; 3.12 is the newest of its packages.
    *_linux("RHEL 8, Rocky 8, Alma 8", 28, "rhel-8 rocky-8 alma-8", "cp312"),
    *_linux("RHEL 9, Rocky 9, Alma 9", 34, "rhel-9 rocky-9 alma-9", "cp39"),
    *_linux("RHEL 10, Rocky 10, Alma 10", 39, "rhel-10 rocky-10 alma-10", "cp312"),
    *_linux(noop("Amazon Linux 2, AWS Lambda up to Python 3.11"), 26, "amazonlinux-2 amazon-linux-2 al2", "cp37"),
    *_linux(
        noop("Amazon Linux 2023, AWS Lambda from Python 3.12"), 34, "amazonlinux-2023 amazon-linux-2023 al2023", "cp39"
    ),
    _runtime(
        noop("Raspberry Pi OS 12, 32-bit"),
        noop("32-bit Arm"),
        "manylinux_2_36_armv7l",
        "raspberry-pi-os-12",
        python="cp311",
    ),
    _runtime("macOS 14", "Apple silicon", "macosx_14_0_arm64", "macos-14"),
    _runtime("macOS 15", "Apple silicon", "macosx_15_0_arm64", "macos-15"),
    _runtime("macOS 26", "Apple silicon", "macosx_26_0_arm64", "macos-26"),
    _runtime("macOS 14", "Intel", "macosx_14_0_x86_64", "macos-14-intel"),
    _runtime("macOS 15", "Intel", "macosx_15_0_x86_64", "macos-15-intel"),
    _runtime(noop("Windows 10 or 11"), "x64", "win_amd64", "windows"),
    _runtime("Windows 11", "arm64", "win_arm64", "windows-arm64"),
    _runtime(noop("Windows, 32-bit Python"), "", "win32", "windows-32bit"),
)
"""One row for each system and processor, the lowest floors first within a family."""


def platforms_of(system: str) -> list[str]:
    """Return the slugs of the platforms of a system by its name, "debian-12", the usual processor first."""
    names = {system, f"{system}{_SUFFIXES['aarch64']}"}
    return [runtime.platform.slug for runtime in RUNTIMES if names & set(runtime.names)]
