"""A process that has loaded what `manage.py` loads before it reads its settings, and forks for each command.

A command still has a process, an environment, a folder and arguments of its own, and reads its settings itself. It is
spared a third of a second of importing Django and the domain.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Pure: they know no settings.
PACKAGES = ("scanner.domain", "scanner.index", "projects.domain", "projects.presentation", "projects.sandbox")
MODULES = (
    *("django.core.management", "django.core.mail", "django.db.models", "django.db.backends.sqlite3.base"),
    *("django.contrib.auth.apps", "django.contrib.contenttypes.apps", "django.contrib.sessions.apps"),
    *("django.contrib.staticfiles.apps", "django.forms", "django.template", "django.views", "django.utils.log"),
    *("allauth", "concurrent.futures.thread", "cryptography.fernet", "csp.constants", "environ", "requests"),
    *("sqlparse", "structlog", "urllib.request", "multiprocessing.connection", "pprint"),
    *("django.contrib.admin.options", "django.contrib.admin.sites", "django.shortcuts", "django.middleware.cache"),
    *("django.template.defaultfilters", "django.template.defaulttags", "django.views.i18n", "whitenoise.base"),
    *("projects.management.reading", "projects.management.target_options"),
)
LENGTH = 8


class Server:
    """One such process. Commands run one after another."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        code = f"from tests.prefork import serve; serve({theirs.fileno()})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        self._socket, self._lock = ours, threading.Lock()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a script with these arguments, of which the first is its path, to its end."""
        message = json.dumps([list(arguments), dict(environment), str(cwd)]).encode()
        with self._lock, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            head = len(message).to_bytes(LENGTH, "big")
            socket.send_fds(self._socket, [head], [out.fileno(), errors.fileno()])
            self._socket.sendall(message)
            self._socket.settimeout(timeout)
            try:
                answer = self._socket.recv(LENGTH)
            except TimeoutError as error:
                os.killpg(self._process.pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), timeout) from error
            out.seek(0)
            errors.seek(0)
            assert answer, "the process that forks has ended; its error is on standard error"
            code = int.from_bytes(answer, "big", signed=True)
            return subprocess.CompletedProcess(list(arguments), code, out.read(), errors.read())

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()


def serve(number: int) -> None:
    """Load the modules, and fork for each command that comes, until no more can come."""
    commands = socket.socket(fileno=number)
    sys.path[0] = str(ROOT)
    for name in (*MODULES, *_modules_of(PACKAGES)):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        head, files, _, _ = socket.recv_fds(commands, LENGTH, 2)
        if not head:
            return
        message = json.loads(_read(commands, int.from_bytes(head, "big")))
        child = os.fork()
        if child == 0:
            commands.close()
            _become(files, *message)
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        commands.sendall(os.waitstatus_to_exitcode(status).to_bytes(LENGTH, "big", signed=True))


def _become(files: list[int], arguments: list[str], environment: dict[str, str], cwd: str) -> None:
    """Run the command as the interpreter runs a script, and end as that does."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, place in zip((nothing, *files), (0, 1, 2), strict=True):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = arguments
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.exit()


def _modules_of(packages: Sequence[str]) -> list[str]:
    found = []
    for name in packages:
        package = importlib.import_module(name)
        found += [one.name for one in pkgutil.walk_packages(package.__path__, f"{name}.")]
    return found


def _read(source: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        read += source.recv(length - len(read))
    return read
