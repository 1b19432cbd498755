"""A process that has loaded what `manage.py` loads before it reads its settings, and forks for each command.

A command still has a process, an environment, a folder and arguments of its own, and reads its settings itself. It is
spared a third of a second of importing Django and the domain.
"""

from __future__ import annotations

import contextlib
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

from tests.patience import PATIENCE

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
# What web servers and workers load as well. No other command may have Celery before it asks for it.
MODULES_OF_SERVERS = (
    *("celery.app.base", "celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log"),
    *("celery.apps.worker", "celery.beat", "celery.bin.celery", "celery.concurrency.prefork"),
    *("celery.fixups.django", "celery.loaders.app", "celery.worker.components", "celery.worker.consumer"),
    *("dateutil.parser", "django.core.handlers.wsgi", "django.db.backends.postgresql.base", "django.urls"),
    *("fido2.server", "kombu.pidbox", "kombu.transport.memory", "kombu.transport.redis", "prometheus_client"),
    *("psycopg_pool", "pydantic", "redis", "requests.adapters", "waitress.server", "whitenoise", "yaml"),
)
LENGTH = 8


class Server:
    """One such process. Commands run one after another, or in the background."""

    def __init__(self, *, for_servers: bool = False) -> None:
        ours, theirs = socket.socketpair()
        code = f"from tests.prefork import serve; serve({theirs.fileno()}, {for_servers})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True
        )
        theirs.close()
        self._socket, self._lock = ours, threading.Lock()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a script with these arguments, of which the first is its path, to its end."""
        with self._lock, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            code = self._send((arguments, environment, cwd), [out.fileno(), errors.fileno()], timeout)
            out.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(list(arguments), code, out.read(), errors.read())

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], files: tuple[int, int]) -> socket.socket:
        """Start a script, or a module after "-m", in a session of its own with these standard output and error.

        Returns where its process id comes at once, and its exit code when it ends, each as a number of `LENGTH` bytes.
        """
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            self._send((arguments, environment, ROOT), [*files, theirs.fileno()], PATIENCE)
        return ours

    def _send(self, command: tuple[Sequence[str], Mapping[str, str], Path], files: list[int], timeout: float) -> int:
        arguments, environment, cwd = command
        message = json.dumps([list(arguments), dict(environment), str(cwd)]).encode()
        socket.send_fds(self._socket, [len(message).to_bytes(LENGTH, "big")], files)
        self._socket.sendall(message)
        self._socket.settimeout(timeout)
        try:
            answer = self._socket.recv(LENGTH)
        except TimeoutError as error:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), timeout) from error
        assert answer, "the process that forks has ended; its error is on standard error"
        return int.from_bytes(answer, "big", signed=True)

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()


def serve(number: int, for_servers: bool) -> None:
    """Load the modules, and fork for each command that comes, until no more can come."""
    commands = socket.socket(fileno=number)
    sys.path[0] = str(ROOT)
    for name in (*MODULES, *_modules_of(PACKAGES), *(MODULES_OF_SERVERS if for_servers else ())):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        head, files, _, _ = socket.recv_fds(commands, LENGTH, 3)
        if not head:
            return
        message = json.loads(_read(commands, int.from_bytes(head, "big")))
        child = os.fork()
        if child == 0:
            commands.close()
            if len(files) > 2:
                files = _leave_in_background(files)
            _become(files, *message)
        for file in files:
            os.close(file)
        _, status = os.waitpid(child, 0)
        commands.sendall(os.waitstatus_to_exitcode(status).to_bytes(LENGTH, "big", signed=True))


def _leave_in_background(files: list[int]) -> list[int]:
    """Return in a process in a session of its own, without the last file; another one writes into that how it ends."""
    if os.fork():
        os._exit(0)
    *files, status = files
    command = os.fork()
    if command == 0:
        os.setsid()
        os.write(status, os.getpid().to_bytes(LENGTH, "big", signed=True))
        os.close(status)
        return files
    # Whoever reads the output of the command waits until nobody has it open.
    for file in files:
        os.close(file)
    _, ended = os.waitpid(command, 0)
    with contextlib.suppress(OSError):
        os.write(status, os.waitstatus_to_exitcode(ended).to_bytes(LENGTH, "big", signed=True))
    os._exit(0)


def _become(files: list[int], arguments: list[str], environment: dict[str, str], cwd: str) -> None:
    """Run the command as the interpreter runs a script, and end as that does."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for file, place in zip((nothing, *files), (0, 1, 2), strict=True):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
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
