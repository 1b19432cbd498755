"""`manage.py run` as a process."""

import contextlib
import os
import re
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it comes without types

from tests.background import start
from tests.patience import PATIENCE

LINK = re.compile(r"http://127\.0\.0\.1:\d+/sign-in/\S+")


class Running:
    """One `manage.py run` in a session of its own, read up to the line about signing in, the last one."""

    def __init__(self, environment: dict[str, str], errors: Path) -> None:
        self._errors = errors
        self._data = Path(environment["WHEELWAY_DATA"])
        with errors.open("wb") as stderr:
            self.process = start(["manage.py", "run"], environment, stdout=None, stderr=stderr)
        self.lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Sign in"):
                return
        raise AssertionError(f"it ended before it was ready: {self.lines} {self.errors}")

    @property
    def errors(self) -> str:
        return self._errors.read_text()

    @property
    def log(self) -> str:
        """What it logged, and what it wrote to standard error."""
        log = self._data / "wheelway.log"
        return self.errors + (log.read_text() if log.exists() else "")

    @property
    def link(self) -> str:
        (link,) = LINK.findall("\n".join(self.lines))
        return str(link)

    def jobs(self) -> psutil.Process | None:
        """The process of the jobs, while the web server runs."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                if "compat_site.embedded.worker" in child.cmdline():
                    return child
        return None

    def stop(self, number: signal.Signals) -> int:
        """Send a signal, return the exit code, keep what was printed since."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end, return the exit code, keep what was printed since."""
        rest, _ = self.process.communicate(timeout=PATIENCE)
        self.lines += rest.splitlines()
        return self.process.wait()

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE)
