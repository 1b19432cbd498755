"""What a platform serves and needs for builds."""

from projects.domain.report.platform_support import build_requirements, build_tools, compiler, served_runtimes
from scanner.domain.targets.target import parse_target

LINUX, ALPINE, WINDOWS = map(
    parse_target, ("cp313-manylinux_2_34_x86_64", "cp313-musllinux_1_2_x86_64", "cp313-win_amd64")
)


def test_a_target_serves_systems_that_are_at_least_as_new() -> None:
    served = list(served_runtimes(LINUX))
    assert "RHEL 9, Rocky 9, Alma 9 on x86-64" in served
    assert "python:3.13-bookworm (Debian 12) on x86-64" in served
    assert not any("Debian 11" in label or "arm64" in label or "alpine" in label for label in served)


def test_a_build_needs_a_compiler_its_languages_and_its_libraries() -> None:
    assert compiler(WINDOWS) == "the Microsoft C++ Build Tools"
    assert list(build_requirements("cryptography", "compiled: Rust, C++", LINUX)) == [
        "Rust, by rustup",
        "a C++ compiler",
        "OpenSSL (Debian: libssl-dev)",
    ]
    assert build_tools("uwsgi", "compiled: C", LINUX) == (
        "gcc and the Python headers (Debian: build-essential python3-dev)",
    )
    assert build_tools("numpy", "compiled: C, Cython, Fortran", WINDOWS)[1:] == ("a Fortran compiler (gfortran)",)
    assert list(build_requirements("cryptography", "unseen", ALPINE)) == ["OpenSSL"]
    assert not list(build_requirements("orjson", "compiled", ALPINE))
