"""The modules and names of the standard library, by Python.

The modules of 3.10 to 3.13 are those of `sys.stdlib_module_names` of these interpreters; names up to 3.13 were looked
up in the interpreters of 3.7 to 3.13. What is newer is from the "What's New" document of each version.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct

from scanner.domain.releases.python_changes import REMOVED_MODULES, PythonVersion, RemovedModule
from scanner.domain.source.python_file import with_parents
from scanner.domain.translation import noop

_MODULE_NAMES = """
    abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex
    bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys
    compileall concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses
    datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl
    filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob grp gzip
    hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
    keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder
    msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os
    ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint
    profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib
    resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib
    sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string
    stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios
    textwrap this threading time timeit tkinter token tokenize trace traceback tracemalloc tty turtle turtledemo
    types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound
    wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib
    __future__ _abc _aix_support _android_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs
    _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc
    _colorize _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm
    _decimal _elementtree _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _imp
    _interpchannels _interpqueues _interpreters _io _ios_support _json _locale _lsprof _lzma _markupbase _md5
    _msi _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support _overlapped _pickle
    _posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random _scproxy
    _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string
    _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tkinter _tokenize _tracemalloc
    _typing _uuid _warnings _weakref _weakrefset _winapi _wmi _zoneinfo _zstd
"""
_MODULES = frozenset(_MODULE_NAMES.split())
_ADDED: Mapping[str, PythonVersion] = MappingProxyType(
    {
        "contextvars": (3, 7),
        "dataclasses": (3, 7),
        "importlib.resources": (3, 7),
        "importlib.metadata": (3, 8),
        "graphlib": (3, 9),
        "zoneinfo": (3, 9),
        "tomllib": (3, 11),
        "wsgiref.types": (3, 11),
        "annotationlib": (3, 14),
        "compression": (3, 14),
        "concurrent.interpreters": (3, 14),
        "string.templatelib": (3, 14),
        "profiling": (3, 15),
    }
)
_PYTHON_2_NAMES = """
    BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO UserDict UserList
    UserString __builtin__ _winreg anydbm cPickle cStringIO commands cookielib copy_reg dummy_thread exceptions
    htmlentitydefs httplib md5 robotparser rfc822 sets sha thread tkMessageBox urllib2 urlparse xmlrpclib Tkinter
"""
# Modules of one implementation, which code asks for to find out where it runs.
_BUILT_IN = {"__pypy__", "java", "clr", "__graalpython__", "polyglot", "js", "pyodide", "micropython"}
_REMOVED: Mapping[str, RemovedModule] = MappingProxyType(
    {
        **{
            name: RemovedModule(name, (3, 0), noop("its name in Python 3"), "PEP 3108")
            for name in _PYTHON_2_NAMES.split()
        },
        "macpath": RemovedModule("macpath", (3, 8), "posixpath", "What's New in Python 3.8"),
        "_dummy_thread": RemovedModule("_dummy_thread", (3, 9), "_thread", "What's New in Python 3.9"),
        "dummy_threading": RemovedModule("dummy_threading", (3, 9), "threading", "What's New in Python 3.9"),
        **{row.name: row for row in REMOVED_MODULES},
    }
)


class RemovedName(Struct, frozen=True):
    """A function, class or constant that a Python removed from a module. `instead` is a clause: what to use."""

    name: str
    removed_in: PythonVersion
    instead: str


def is_standard(module: str) -> bool:
    """Return whether any Python has, or had, this module or the package that it is in."""
    top = module.partition(".")[0]
    return top in _MODULES or top in _ADDED or top in _REMOVED or top in _BUILT_IN


def removed_module(module: str) -> RemovedModule | None:
    """Return what is known of the removal of a module, or of the package that it is in."""
    return _first(module, _REMOVED)


def added_in(module: str) -> PythonVersion | None:
    """Return the Python that a module of the standard library came with; None where every Python 3.7 has it."""
    return _first(module, _ADDED)


def removed_name(name: str) -> RemovedName | None:
    """Return what is known of the removal of a dotted name, or of the one that it is an attribute of."""
    return _first(name, _REMOVED_NAMES)


def has_module(module: str, python: PythonVersion) -> bool:
    """Return whether a Python has this module of the standard library, as far as the tables here know it."""
    removed, added = removed_module(module), added_in(module)
    gone = removed is not None and removed.removed_in <= python
    return is_standard(module) and not gone and (added is None or added <= python)


_T = TypeVar("_T")


def _first(name: str, table: Mapping[str, _T]) -> _T | None:
    """Return the row of the shortest part of a dotted name that has one."""
    return next((table[one] for one in with_parents(name) if one in table), None)


def _rows(python: PythonVersion, instead: str, names: str) -> dict[str, RemovedName]:
    return {name: RemovedName(name, python, instead) for name in names.split()}


_REMOVED_NAMES: Mapping[str, RemovedName] = MappingProxyType(
    {
        **_rows((3, 8), noop("time.perf_counter or time.process_time"), "time.clock"),
        **_rows((3, 8), "html.escape", "cgi.escape"),
        **_rows((3, 8), noop("the distro package"), "platform.dist platform.linux_distribution"),
        **_rows((3, 8), "subprocess", "platform.popen"),
        **_rows((3, 9), noop("base64.encodebytes and base64.decodebytes"), "base64.encodestring base64.decodestring"),
        **_rows((3, 9), "math.gcd", "fractions.gcd"),
        **_rows((3, 9), "sys.setswitchinterval", "sys.setcheckinterval"),
        **_rows(
            (3, 9), noop("plistlib.load and plistlib.dump"), "plistlib.readPlist plistlib.writePlist plistlib.Data"
        ),
        **_rows((3, 9), "asyncio.all_tasks", "asyncio.Task.all_tasks"),
        **_rows((3, 9), "asyncio.current_task", "asyncio.Task.current_task"),
        **_rows(
            (3, 10),
            noop("the same name in collections.abc"),
            "collections.AsyncGenerator collections.AsyncIterable collections.AsyncIterator collections.Awaitable "
            "collections.ByteString collections.Callable collections.Collection collections.Container "
            "collections.Coroutine collections.Generator collections.Hashable collections.ItemsView "
            "collections.Iterable collections.Iterator collections.KeysView collections.Mapping "
            "collections.MappingView collections.MutableMapping collections.MutableSequence collections.MutableSet "
            "collections.Reversible collections.Sequence collections.Set collections.Sized collections.ValuesView",
        ),
        **_rows((3, 11), "async def", "asyncio.coroutine"),
        **_rows(
            (3, 11), noop("inspect.signature or inspect.getfullargspec"), "inspect.getargspec inspect.formatargspec"
        ),
        **_rows((3, 11), "gettext.gettext", "gettext.lgettext gettext.ldgettext gettext.lngettext"),
        **_rows((3, 12), "configparser.ConfigParser", "configparser.SafeConfigParser"),
        **_rows((3, 12), "importlib.util.find_spec", "importlib.find_loader pkgutil.ImpImporter pkgutil.ImpLoader"),
        **_rows((3, 12), "importlib.abc.MetaPathFinder", "importlib.abc.Finder"),
        **_rows((3, 12), "locale.format_string", "locale.format"),
        **_rows((3, 12), "ssl.SSLContext.wrap_socket", "ssl.wrap_socket"),
        **_rows((3, 12), "SSLContext.check_hostname", "ssl.match_hostname"),
        **_rows((3, 12), "ssl.RAND_bytes", "ssl.RAND_pseudo_bytes"),
        **_rows((3, 12), noop("sqlite3.connect with cache=shared in a URI"), "sqlite3.enable_shared_cache"),
        **_rows((3, 12), "str", "sqlite3.OptimizedUnicode"),
        **_rows((3, 13), "locale.setlocale", "locale.resetlocale"),
        **_rows((3, 13), noop("typing itself"), "typing.io typing.re"),
        **_rows((3, 13), noop("nothing: it never did anything of use"), "re.template re.TEMPLATE"),
        **_rows(
            (3, 13),
            "unittest.TestLoader",
            "unittest.findTestCases unittest.getTestCaseNames unittest.makeSuite",
        ),
        **_rows((3, 14), "ast.Constant", "ast.Num ast.Str ast.Bytes ast.NameConstant ast.Ellipsis"),
        **_rows((3, 14), "importlib.util.find_spec", "pkgutil.find_loader pkgutil.get_loader"),
        **_rows((3, 14), "urllib.request.urlopen", "urllib.request.URLopener urllib.request.FancyURLopener"),
        **_rows((3, 14), "sqlite3.sqlite_version", "sqlite3.version sqlite3.version_info"),
        **_rows((3, 14), "pty.openpty", "pty.master_open pty.slave_open"),
        **_rows(
            (3, 14),
            "importlib.resources.abc",
            "importlib.abc.ResourceReader importlib.abc.Traversable importlib.abc.TraversableResources",
        ),
        **_rows(
            (3, 14),
            noop("nothing: the event loop watches its children itself"),
            "asyncio.AbstractChildWatcher asyncio.FastChildWatcher asyncio.MultiLoopChildWatcher "
            "asyncio.PidfdChildWatcher asyncio.SafeChildWatcher asyncio.ThreadedChildWatcher "
            "asyncio.get_child_watcher asyncio.set_child_watcher",
        ),
        **_rows((3, 15), noop("another server"), "http.server.CGIHTTPRequestHandler"),
        **_rows((3, 16), "inspect.iscoroutinefunction", "asyncio.iscoroutinefunction"),
        **_rows(
            (3, 16),
            noop("asyncio.run or asyncio.Runner with loop_factory"),
            "asyncio.get_event_loop_policy asyncio.set_event_loop_policy asyncio.AbstractEventLoopPolicy "
            "asyncio.DefaultEventLoopPolicy asyncio.WindowsSelectorEventLoopPolicy "
            "asyncio.WindowsProactorEventLoopPolicy",
        ),
    }
)
