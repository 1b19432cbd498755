"""What each Python version removed from its standard library or changed, and the packages that this concerns.

Each row has its source, as of November 2026. The modules of 3.10 to 3.13 were compared between the interpreters
(`sys.stdlib_module_names`); the rest is from the "What's New" document of each version.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from scanner.domain.translation import gettext, noop

PythonVersion = tuple[int, int]


class RemovedModule(Struct, frozen=True):
    """A module that was removed from the standard library. `instead` is a clause, a message: what to use."""

    name: str
    removed_in: PythonVersion
    instead: str
    source: str


class LanguageChange(Struct, frozen=True):
    """Another change of this Python that may break running code; `text` is a message."""

    python: PythonVersion
    text: str
    source: str


class BackportPackage(Struct, frozen=True):
    """A backport package: the standard library has its functionality since `since`, in `module`."""

    package: str
    since: PythonVersion
    module: str
    source: str


_PEP_594 = "PEP 594"


def _dotted(python: PythonVersion) -> str:
    return f"{python[0]}.{python[1]}"


def _whats_new(python: PythonVersion) -> str:
    return f"What's New in Python {_dotted(python)}"


def _removed(name: str, python: PythonVersion, instead: str, source: str = "") -> RemovedModule:
    return RemovedModule(name, python, instead, source or _whats_new(python))


def _change(python: PythonVersion, text: str, source: str = "") -> LanguageChange:
    return LanguageChange(python, text, source or _whats_new(python))


def _removed_by_pep_594(*rows: tuple[str, str]) -> Iterator[RemovedModule]:
    for name, instead in rows:
        yield RemovedModule(name, (3, 13), instead, _PEP_594)


REMOVED_MODULES: tuple[RemovedModule, ...] = (
    _removed("formatter", (3, 10), noop("nothing: no replacement was given")),
    _removed("parser", (3, 10), "ast", "PEP 617"),
    _removed("symbol", (3, 10), "ast", "PEP 617"),
    _removed("binhex", (3, 11), noop("nothing: no replacement was given")),
    _removed("asynchat", (3, 12), noop("asyncio; pyasynchat restores it"), _PEP_594),
    _removed("asyncore", (3, 12), noop("asyncio; pyasyncore restores it"), _PEP_594),
    _removed("smtpd", (3, 12), "aiosmtpd", _PEP_594),
    _removed("distutils", (3, 12), noop("setuptools, which has a copy while it is installed"), "PEP 632"),
    _removed("imp", (3, 12), "importlib"),
    *_removed_by_pep_594(
        ("aifc", noop("nothing; standard-aifc restores it")),
        ("audioop", noop("nothing; audioop-lts restores it")),
        ("cgi", noop("email.message and urllib.parse; legacy-cgi restores it")),
        ("cgitb", noop("faulthandler or logging; legacy-cgi restores it")),
        ("chunk", noop("nothing; standard-chunk restores it")),
        ("crypt", noop("hashlib.scrypt, bcrypt or argon2-cffi; legacycrypt is a port")),
        ("imghdr", noop("filetype, puremagic or python-magic")),
        ("mailcap", "mimetypes"),
        ("msilib", noop("nothing")),
        ("nis", noop("nothing")),
        ("nntplib", noop("nothing; standard-nntplib restores it")),
        ("ossaudiodev", noop("nothing")),
        ("pipes", noop("subprocess, and shlex.quote for pipes.quote")),
        ("sndhdr", noop("filetype or puremagic")),
        ("spwd", "python-pam"),
        ("sunau", noop("nothing; standard-sunau restores it")),
        ("telnetlib", noop("telnetlib3; standard-telnetlib restores it")),
        ("uu", noop("binascii or base64")),
        ("xdrlib", noop("nothing; standard-xdrlib restores it")),
    ),
    _removed("lib2to3", (3, 13), noop("libcst or parso")),
    _removed("tkinter.tix", (3, 13), "tkinter.ttk"),
    _removed("sre_compile", (3, 15), noop("re; its internals are not public")),
    _removed("sre_constants", (3, 15), noop("re; its internals are not public")),
    _removed("sre_parse", (3, 15), noop("re; its internals are not public")),
)

LANGUAGE_CHANGES: tuple[LanguageChange, ...] = (
    _change((3, 10), noop("The aliases of collections.abc in collections (collections.Mapping) are removed.")),
    _change((3, 11), noop("inspect.getargspec, the asyncio.coroutine decorator and open()'s mode U are removed.")),
    _change(
        (3, 12), noop("A new virtual environment has no setuptools: code that imports pkg_resources must require it.")
    ),
    _change(
        (3, 12), noop("pkgutil.ImpImporter, ssl.wrap_socket and unittest's aliases such as assertEquals are removed.")
    ),
    _change((3, 13), noop("locals() gives a snapshot inside functions; writing to it changes nothing."), "PEP 667"),
    _change(
        (3, 14),
        noop("Annotations are evaluated when they are read, no longer when a definition runs."),
        "PEP 649, PEP 749",
    ),
    _change(
        (3, 14), noop("multiprocessing starts processes by forkserver, no longer by fork, except on macOS and Windows.")
    ),
    _change((3, 14), noop("asyncio.get_event_loop() raises RuntimeError where no loop is set.")),
    _change((3, 14), noop("ast.Num, ast.Str, ast.Bytes, pkgutil.find_loader and urllib's URLopener are removed.")),
    _change(
        (3, 15),
        noop("Text files are read and written as UTF-8 unless an encoding is named, on Windows too."),
        "PEP 686",
    ),
    _change((3, 15), noop("http.server's CGIHTTPRequestHandler and its --cgi option are removed.")),
    _change((3, 16), noop("The event loop policies of asyncio and asyncio.iscoroutinefunction are removed.")),
    _change((3, 16), noop("The type code u of array is removed: use w.")),
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
"""Only packages whose description says so, or that have the name of the module."""


def removed_since(today: PythonVersion | None, target: PythonVersion) -> tuple[RemovedModule, ...]:
    """Return the modules that `today` has (None: 3.9) and `target` lacks, in the order of the table."""
    return tuple(module for module in REMOVED_MODULES if (today or (3, 9)) < module.removed_in <= target)


def changes_since(today: PythonVersion | None, target: PythonVersion) -> tuple[LanguageChange, ...]:
    """Return the other changes between two Pythons, oldest first."""
    return tuple(change for change in LANGUAGE_CHANGES if (today or (3, 9)) < change.python <= target)


def standard_library_flags(package: str, python: PythonVersion) -> tuple[str, ...]:
    """Return clauses about one package that follow from the standard library of a Python. They change no verdict."""
    return tuple(
        gettext("the standard library does this since Python {version}: {module} ({source})").format(
            version=_dotted(row.since), module=row.module, source=row.source
        )
        for row in BACKPORT_PACKAGES
        if row.package == package and row.since <= python
    )
