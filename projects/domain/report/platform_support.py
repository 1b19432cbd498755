"""Which systems a target serves, and what a build from source needs there."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.runtimes import RUNTIMES
from scanner.domain.targets.target import Target
from scanner.domain.translation import gettext, noop

_COMPILERS = {
    System.GLIBC: noop("gcc and the Python headers (Debian: build-essential python3-dev)"),
    System.MUSL: noop("gcc, musl-dev and the Python headers (Alpine: build-base python3-dev)"),
    System.MACOS: noop("Apple's command line tools (xcode-select --install)"),
    System.WINDOWS: noop("the Microsoft C++ Build Tools"),
}
_LANGUAGES = {
    "Rust": noop("Rust, by rustup"),
    "Fortran": noop("a Fortran compiler (gfortran)"),
    "C++": noop("a C++ compiler"),
}
# The libraries that a package's build links with, by its own installation notes, and their packages on Debian.
_LIBRARIES = {
    "psycopg2": (noop("libpq and pg_config"), "libpq-dev"),
    "psycopg2-binary": (noop("libpq and pg_config"), "libpq-dev"),
    "psycopg-c": (noop("libpq and pg_config"), "libpq-dev"),
    "mysqlclient": (noop("the MySQL or MariaDB client library and pkg-config"), "default-libmysqlclient-dev"),
    "cryptography": ("OpenSSL", "libssl-dev"),
    "cffi": ("libffi", "libffi-dev"),
    "lxml": (noop("libxml2 and libxslt"), "libxml2-dev libxslt1-dev"),
    "pillow": (noop("zlib and libjpeg"), "zlib1g-dev libjpeg-dev"),
    "pyyaml": (noop("libyaml for its fast part"), "libyaml-dev"),
    "h5py": ("HDF5", "libhdf5-dev"),
    "python-ldap": (noop("OpenLDAP and SASL"), "libldap-dev libsasl2-dev"),
    "pyodbc": ("unixODBC", "unixodbc-dev"),
}


def build_tools(name: str, detail: str, target: Target) -> tuple[str, ...]:
    """Return all that the build of a package needs on a target, the compilers first."""
    return (compiler(target), *build_requirements(name, detail, target))


def compiler(target: Target) -> str:
    """Return the C compiler that a build needs on the target's platform."""
    return gettext(_COMPILERS.get(target.platform.system, noop("a C compiler")))


def build_requirements(name: str, detail: str, target: Target) -> Iterator[str]:
    """Yield what the build of a package needs beside a C compiler. `detail` is such as "compiled: Rust, C++"."""
    languages = {part.strip() for part in detail.partition(":")[2].split(",")}
    yield from (gettext(tool) for language, tool in _LANGUAGES.items() if language in languages)
    if name in _LIBRARIES:
        library, debian = gettext(_LIBRARIES[name][0]), _LIBRARIES[name][1]
        yield f"{library} (Debian: {debian})" if target.platform.system is System.GLIBC else library


def served_runtimes(target: Target) -> Iterator[str]:
    """Yield the labels of the systems that are at least as new as the target's platform requires."""
    platform = target.platform
    major, minor = target.python.version
    for runtime in RUNTIMES:
        other = runtime.platform
        same = (other.system, other.architecture) == (platform.system, platform.architecture)
        if same and other.floor >= platform.floor:
            yield runtime.label.replace("3.X", f"{major}.{minor}")
