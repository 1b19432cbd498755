"""The replay index: a real HTTP server on the loopback that answers as a package index did on any date."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Self

from packaging.utils import canonicalize_name

from tests.replay.faults import Fault
from tests.replay.handler import Seen, Server
from tests.replay.packages import (
    FIRST_SYNTHETIC_SERIAL,
    ReplayFile,
    ReplayPackage,
    a_file,
    recorded_package,
    stamp,
)
from tests.replay.planned_faults import PlannedFaults
from tests.replay.recording import recorded_names
from tests.replay.rendered_pages import rendered_page
from tests.replay.rendering import Page, Style, ready, root_page


class ReplayIndex:
    """Recorded packages (all of them, or `only` these) and made-up ones behind one simple index.

    `as_of` (date, ISO text or None for "now") may be set at any time: files uploaded later are not there yet. A
    yank is not dated in the recording, so a recorded yank holds on every date; yank(), unyank() and remove() change
    what is served from then on. `ranges` False: ranged requests get the whole file. `login` ("user:password"): who
    does not send it gets 401. `whole`: recorded wheels have the digests of what is served for them, for tools that
    download and check them. `delay`: seconds before each answer. Every method may be called while requests run.
    """

    def __init__(
        self,
        *,
        as_of: str | datetime | None = None,
        only: Iterable[str] | None = None,
        recorded: bool = True,
        style: Style | None = None,
        port: int = 0,
        login: str | None = None,
        whole: bool = False,
        delay: float = 0.0,
    ) -> None:
        self.style = style or Style()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.requests: list[Seen] = []
        self.bodies: dict[tuple[str, str], bytes] = {}
        self.ranges = True
        self.login = login
        self.whole = whole
        self.delay = delay
        self.as_of_stamp: str | None = None
        self.as_of = as_of
        self._names = set(recorded_names()) if recorded else set()
        if only is not None:
            self._names &= {canonicalize_name(name) for name in only}
        self._packages: dict[str, ReplayPackage] = {}
        self._pages: dict[tuple[object, ...], Page] = {}
        self._faults = PlannedFaults()
        self._port = port
        self._server: Server | None = None

    # -- running -------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        self._server = Server(("127.0.0.1", self._port), self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        assert self._server is not None, "the replay index is not running"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The simple index's address, to be given to a client."""
        return f"{self.base_url}/simple"

    @property
    def url_with_login(self) -> str:
        """The same with the login that it wants."""
        return self.url.replace("://", f"://{self.login}@")

    # -- content -------------------------------------------------------------------------------------------------

    @property
    def as_of(self) -> str | None:
        return self.as_of_stamp

    @as_of.setter
    def as_of(self, when: str | datetime | None) -> None:
        self.as_of_stamp = None if when is None else stamp(when)

    def add_package(
        self,
        name: str,
        files: Iterable[ReplayFile | str] = (),
        *,
        serial: int | None = None,
        status: str = "active",
        status_reason: str | None = None,
    ) -> ReplayPackage:
        """A made-up package; takes the place of a recorded one of that name."""
        key = canonicalize_name(name)
        with self.lock:
            made = [a_file(file) if isinstance(file, str) else file for file in files]
            start = serial if serial is not None else FIRST_SYNTHETIC_SERIAL + 100 * len(self._packages)
            package = ReplayPackage(key, made, start + len(made), status=status, status_reason=status_reason)
            self._packages[key] = package
            self._names.add(key)
            self._forget(key)
            return package

    def add_files(self, name: str, files: Iterable[ReplayFile | str]) -> None:
        with self.lock:
            self._need(name).add(a_file(file) if isinstance(file, str) else file for file in files)

    def mount_body(self, name: str, filename: str, body: bytes) -> None:
        """Serves these bytes at a file's address, whatever the page says; for odd and hostile archives."""
        self.bodies[name, filename] = body

    def remove_file(self, name: str, filename: str) -> None:
        with self.lock:
            self._need(name).remove(filename)

    def keep_files(self, name: str, wanted: Callable[[str], bool]) -> None:
        """Removes the files of a package whose names are not wanted."""
        with self.lock:
            self._need(name).keep(wanted)

    def edit(self, name: str, which: str, **changes: object) -> None:
        """Changes fields of the rows of a file name or a version: `edit("demo", "1.0", requires_python=">=3.9")`."""
        with self.lock:
            self._need(name).edit(which, **changes)

    def yank(self, name: str, which: str, reason: str | None = None) -> None:
        """Yanks one file name or a whole version."""
        self.edit(name, which, yanked=True, yanked_reason=reason)

    def unyank(self, name: str, which: str) -> None:
        self.edit(name, which, yanked=False, yanked_reason=None)

    def set_status(self, name: str, status: str, reason: str | None = None) -> None:
        with self.lock:
            package = self._need(name)
            package.status, package.status_reason = status, reason
            package.touch()

    def vanish(self, name: str) -> None:
        """The package answers 404 from now on."""
        with self.lock:
            self._need(name).gone = True

    def come_back(self, name: str) -> None:
        with self.lock:
            self._need(name).gone = False

    # -- faults and log ------------------------------------------------------------------------------------------

    def fail(self, fault: Fault, path: str = "*", times: int | None = None) -> None:
        """Answers matching requests (shell pattern on the path) with a fault, `times` times or until cleared."""
        self._faults.add(fault, path, times)

    def clear_faults(self) -> None:
        self._faults.clear()

    def requests_for(self, name: str) -> list[Seen]:
        """Requests of one package's page, in order."""
        return [seen for seen in list(self.requests) if seen.path.startswith(f"/simple/{name}/")]

    def clear_log(self) -> None:
        with self.lock:
            self.requests.clear()

    # -- for the handler -----------------------------------------------------------------------------------------

    def take_fault(self, path: str) -> Fault | None:
        return self._faults.take(path)

    def package(self, name: str) -> ReplayPackage | None:
        with self.lock:
            return self._get(name)

    def project(self, name: str, form: str, as_of: str | None) -> Page | None:
        """None when there is no such package at that time."""
        with self.lock:
            package = self._get(name)
            if package is None or not package.exists(as_of):
                return None
            key = (name, form, package.count(as_of), package.mutations, repr(self.style))
            if key not in self._pages:
                body = rendered_page(package, as_of, form, self.style, self.base_url, whole=self.whole)
                self._pages[key] = ready(body, package.serial(as_of), package.last_change(as_of))
            return self._pages[key]

    def root(self, form: str, as_of: str | None) -> Page:
        with self.lock:
            there = [
                (name, package)
                for name in sorted(self._names)
                if (package := self._get(name)) is not None and package.exists(as_of)
            ]
            serials = [(name, package.serial(as_of)) for name, package in there]
            last = max((serial for _, serial in serials), default=0)
            newest = max((package.last_change(as_of) for _, package in there), default=stamp("1970-01-01"))
            return ready(root_page(serials, last, form, self.style), last, newest)

    def file(self, name: str, filename: str, as_of: str | None) -> ReplayFile | None:
        with self.lock:
            package = self._get(name)
            return None if package is None else package.file(filename, as_of)

    def _get(self, name: str) -> ReplayPackage | None:
        if name not in self._packages and name in self._names:
            self._packages[name] = recorded_package(name, whole=self.whole)
        return self._packages.get(name)

    def _need(self, name: str) -> ReplayPackage:
        package = self._get(canonicalize_name(name))
        if package is None:
            raise KeyError(f"the replay index has no package {name!r}")
        return package

    def _forget(self, name: str) -> None:
        self._pages = {key: page for key, page in self._pages.items() if key[0] != name}
