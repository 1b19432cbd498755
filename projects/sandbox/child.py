"""The child: `python -P -m projects.sandbox.child MEMORY_MB NICE IDLE_SECONDS`.

It answers one call after another from its standard input, without Django, without the environment of its parent and
below its priority. Its memory is limited for good, its processor time for each call.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from projects.sandbox.frames import read_message, write_message

# A process that has grown beyond this is replaced, so that one large input costs memory only for a while.
_KEPT_BYTES = 200 * 1024 * 1024
_KIB = 1024
# Of processor time, to write an answer.
_WRITING_SECONDS = 10.0
_Call = tuple[Callable[..., object], tuple[Any, ...], float]


def main(memory_mb: int, nice: int, idle_seconds: float) -> None:
    """Answer calls until the parent closes the pipe, or none has come for `idle_seconds`."""
    # Ctrl-C in a terminal is for the parent, which closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_AS, memory_mb * _KIB * _KIB)
    _limit(resource.RLIMIT_CORE, 0)
    with suppress(OSError):
        os.nice(nice)
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get into the answers.
    os.dup2(2, 1)
    _import_what_calls_need()
    while _is_ready(idle_seconds):
        try:
            function, arguments, seconds = cast("_Call", read_message(source))
        except EOFError:
            return
        _limit_processor(seconds)
        try:
            answer: tuple[str, object] = ("value", function(*arguments))
            # A limit that is reached after the answer would be taken for one of the next call.
            _limit_processor(_WRITING_SECONDS)
            write_message(answers, answer)
        except MemoryError:
            # Free what the call held before the answer is written.
            write_message(answers, ("limit", "memory"))
            return
        except BrokenPipeError:
            # The parent has gone. An ordinary end would try to write the answer again, and complain in the terminal.
            os._exit(0)
        except Exception as error:  # noqa: BLE001  raised again in the parent
            write_message(answers, ("error", error))
        if _memory() > _KEPT_BYTES:
            return


def _import_what_calls_need() -> None:
    # While the parent still prepares its first call.
    import projects.domain.dependency_files  # noqa: F401


def _is_ready(seconds: float) -> bool:
    # The parent writes a call only after it has read the answer to the last one, so nothing is buffered.
    ready, _, _ = select.select([0], [], [], seconds)
    return bool(ready)


def _limit_processor(seconds: float) -> None:
    """Let this call use so much processor time: the kernel ends the process after it (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    # Not every system knows every limit; the parent's clock holds on all of them.
    with suppress(ValueError, OSError):
        resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _memory() -> int:
    """Return the memory in use. On Linux getrusage would give the peak of the parent, which started this process."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * _KIB


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
