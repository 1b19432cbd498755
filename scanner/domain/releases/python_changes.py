"""What each Python took out of its standard library, what changed in it, and which packages that touches.

Facts with their sources, as of November 2026. The modules of 3.10 to 3.13 were compared between the interpreters
themselves (`sys.stdlib_module_names`); the rest is from the "What's New" of each version. Adding one is one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

PythonVersion = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RemovedModule:
    """A standard module that an import no longer finds. `instead` is what to use, a clause."""

    name: str
    removed_in: PythonVersion
    instead: str
    source: str


@dataclass(frozen=True, slots=True)
class PythonChange:
    """Something else that running code may notice when it comes to this Python."""

    python: PythonVersion
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class BackportPackage:
    """A package whose work the standard library does from `since` on, in `module`."""

    package: str
    since: PythonVersion
    module: str
    source: str


@dataclass(frozen=True, slots=True)
class KnownBreakage:
    """Releases that were seen to import what a Python has removed. `instead` is what helps, a clause."""

    package: str
    versions: SpecifierSet
    python: PythonVersion
    needs: str
    instead: str


_DEAD = "PEP 594"
_WHATS_NEW = "What's New in Python {}"


def _batteries(*rows: tuple[str, str]) -> Iterator[RemovedModule]:
    for name, instead in rows:
        yield RemovedModule(name, (3, 13), instead, _DEAD)


REMOVED_MODULES: tuple[RemovedModule, ...] = (
    RemovedModule("formatter", (3, 10), "nothing: no replacement was given", _WHATS_NEW.format("3.10")),
    RemovedModule("parser", (3, 10), "ast", "PEP 617"),
    RemovedModule("symbol", (3, 10), "ast", "PEP 617"),
    RemovedModule("binhex", (3, 11), "nothing: no replacement was given", _WHATS_NEW.format("3.11")),
    RemovedModule("asynchat", (3, 12), "asyncio; pyasynchat brings it back", _DEAD),
    RemovedModule("asyncore", (3, 12), "asyncio; pyasyncore brings it back", _DEAD),
    RemovedModule("smtpd", (3, 12), "aiosmtpd", _DEAD),
    RemovedModule("distutils", (3, 12), "setuptools, which brings a copy while it is installed", "PEP 632"),
    RemovedModule("imp", (3, 12), "importlib", _WHATS_NEW.format("3.12")),
    *_batteries(
        ("aifc", "nothing; standard-aifc brings it back"),
        ("audioop", "nothing; audioop-lts brings it back"),
        ("cgi", "email.message and urllib.parse; legacy-cgi brings it back"),
        ("cgitb", "faulthandler or logging; legacy-cgi brings it back"),
        ("chunk", "nothing; standard-chunk brings it back"),
        ("crypt", "hashlib.scrypt, bcrypt or argon2-cffi; legacycrypt is a port"),
        ("imghdr", "filetype, puremagic or python-magic"),
        ("mailcap", "mimetypes"),
        ("msilib", "nothing"),
        ("nis", "nothing"),
        ("nntplib", "nothing; standard-nntplib brings it back"),
        ("ossaudiodev", "nothing"),
        ("pipes", "subprocess, and shlex.quote for pipes.quote"),
        ("sndhdr", "filetype or puremagic"),
        ("spwd", "python-pam"),
        ("sunau", "nothing; standard-sunau brings it back"),
        ("telnetlib", "telnetlib3; standard-telnetlib brings it back"),
        ("uu", "binascii or base64"),
        ("xdrlib", "nothing; standard-xdrlib brings it back"),
    ),
    RemovedModule("lib2to3", (3, 13), "libcst or parso", _WHATS_NEW.format("3.13")),
    RemovedModule("tkinter.tix", (3, 13), "tkinter.ttk", _WHATS_NEW.format("3.13")),
    RemovedModule("sre_compile", (3, 15), "re; its inside is not public", _WHATS_NEW.format("3.15")),
    RemovedModule("sre_constants", (3, 15), "re; its inside is not public", _WHATS_NEW.format("3.15")),
    RemovedModule("sre_parse", (3, 15), "re; its inside is not public", _WHATS_NEW.format("3.15")),
)

PYTHON_CHANGES: tuple[PythonChange, ...] = (
    PythonChange(
        (3, 10),
        "The names that collections lent from collections.abc (collections.Mapping) are gone.",
        _WHATS_NEW.format("3.10"),
    ),
    PythonChange(
        (3, 11),
        "inspect.getargspec, the asyncio.coroutine decorator and open()'s mode U are gone.",
        _WHATS_NEW.format("3.11"),
    ),
    PythonChange(
        (3, 12),
        "A new virtual environment holds no setuptools: what imports pkg_resources must require it.",
        _WHATS_NEW.format("3.12"),
    ),
    PythonChange(
        (3, 12),
        "pkgutil.ImpImporter, ssl.wrap_socket and unittest's assertEquals and its kin are gone.",
        _WHATS_NEW.format("3.12"),
    ),
    PythonChange((3, 13), "locals() gives a snapshot inside functions; writing to it changes nothing.", "PEP 667"),
    PythonChange(
        (3, 14),
        "Annotations are evaluated when they are asked for, no longer when a definition runs.",
        "PEP 649, PEP 749",
    ),
    PythonChange(
        (3, 14),
        "multiprocessing starts processes by forkserver, no longer by fork, except on macOS and Windows.",
        _WHATS_NEW.format("3.14"),
    ),
    PythonChange(
        (3, 14), "asyncio.get_event_loop() raises RuntimeError where no loop is set.", _WHATS_NEW.format("3.14")
    ),
    PythonChange(
        (3, 14),
        "ast.Num, ast.Str, ast.Bytes, pkgutil.find_loader and urllib's URLopener are gone.",
        _WHATS_NEW.format("3.14"),
    ),
    PythonChange(
        (3, 15), "Text files are read and written as UTF-8 unless an encoding is named, on Windows too.", "PEP 686"
    ),
    PythonChange(
        (3, 15), "http.server's CGIHTTPRequestHandler and its --cgi option are gone.", _WHATS_NEW.format("3.15")
    ),
    PythonChange(
        (3, 16),
        "The event loop policies of asyncio and asyncio.iscoroutinefunction are gone.",
        _WHATS_NEW.format("3.16"),
    ),
    PythonChange((3, 16), "The type code u of array is gone: use w.", _WHATS_NEW.format("3.16")),
)

BACKPORT_PACKAGES: tuple[BackportPackage, ...] = (
    BackportPackage("argparse", (3, 2), "argparse", "PEP 389"),
    BackportPackage("futures", (3, 2), "concurrent.futures", "PEP 3148"),
    BackportPackage("ipaddress", (3, 3), "ipaddress", "PEP 3144"),
    BackportPackage("asyncio", (3, 4), "asyncio", "PEP 3156"),
    BackportPackage("enum34", (3, 4), "enum", "PEP 435"),
    BackportPackage("pathlib", (3, 4), "pathlib", "PEP 428"),
    BackportPackage("pathlib2", (3, 4), "pathlib", "PEP 428"),
    BackportPackage("singledispatch", (3, 4), "functools", "PEP 443"),
    BackportPackage("typing", (3, 5), "typing", "PEP 484"),
    BackportPackage("scandir", (3, 5), "os", "PEP 471"),
    BackportPackage("contextvars", (3, 7), "contextvars", "PEP 567"),
    BackportPackage("dataclasses", (3, 7), "dataclasses", "PEP 557"),
    BackportPackage("graphlib-backport", (3, 9), "graphlib", "What's New in Python 3.9"),
    BackportPackage("backports-zoneinfo", (3, 9), "zoneinfo", "PEP 615"),
    BackportPackage("backports-strenum", (3, 11), "enum", "What's New in Python 3.11"),
    BackportPackage("async-timeout", (3, 11), "asyncio", "What's New in Python 3.11"),
    BackportPackage("exceptiongroup", (3, 11), "the built-in ExceptionGroup", "PEP 654"),
    BackportPackage("tomli", (3, 11), "tomllib", "PEP 680"),
    BackportPackage("backports-zstd", (3, 14), "compression.zstd", "PEP 784"),
)
"""Only packages whose own description says so, or whose name is the module's."""

KNOWN_BREAKAGES: tuple[KnownBreakage, ...] = (
    KnownBreakage("setuptools", SpecifierSet("<66.1"), (3, 12), "pkgutil.ImpImporter", "66.1.0 and later do not"),
    KnownBreakage("future", SpecifierSet("<1"), (3, 12), "imp", "1.0.0 and later do not"),
    KnownBreakage("bottle", SpecifierSet(">=0.12,<0.13"), (3, 13), "cgi", "0.13 and later do not"),
    KnownBreakage("webob", SpecifierSet(">=1.8,<1.8.9"), (3, 13), "cgi", "1.8.9 and later bring legacy-cgi along"),
    KnownBreakage("python-telegram-bot", SpecifierSet(">=13,<20"), (3, 13), "imghdr", "20.0 and later do not"),
    KnownBreakage("tweepy", SpecifierSet(">=4.14,<4.15"), (3, 13), "imghdr", "4.15.0 and later do not"),
    KnownBreakage("pydub", SpecifierSet("==0.25.1"), (3, 13), "audioop", "require audioop-lts beside it"),
)
"""Each was seen in a release's own files, in a module that its main use loads."""


def removed_since(today: PythonVersion | None, target: PythonVersion) -> tuple[RemovedModule, ...]:
    """The modules that `target` lacks and that `today` has (None: 3.9), in the order of the table."""
    return tuple(module for module in REMOVED_MODULES if (today or (3, 9)) < module.removed_in <= target)


def changes_since(today: PythonVersion | None, target: PythonVersion) -> tuple[PythonChange, ...]:
    """The other changes between two Pythons, oldest first."""
    return tuple(change for change in PYTHON_CHANGES if (today or (3, 9)) < change.python <= target)


def standard_library_flags(package: str, version: str | None, python: PythonVersion) -> tuple[str, ...]:
    """What the standard library of a Python says about one package: clauses for people, never a verdict."""
    said = [
        f"the standard library does this since Python {_dotted(row.since)}: {row.module} ({row.source})"
        for row in BACKPORT_PACKAGES
        if row.package == package and row.since <= python
    ]
    said += [
        f"it imports {row.needs}, which Python {_dotted(row.python)} removed; {row.instead}"
        for row in KNOWN_BREAKAGES
        if row.package == package and row.python <= python and version and row.versions.contains(Version(version))
    ]
    return tuple(said)


def _dotted(release: PythonVersion) -> str:
    return f"{release[0]}.{release[1]}"
