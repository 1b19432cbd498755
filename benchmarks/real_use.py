"""Measure a start from an empty store on the real index: `python -m benchmarks.real_use FILE… [--limit SECONDS]`.

It starts `manage.py run`, signs in as a person does, and pastes each file as a project of its own at the same time,
while the sample is being assessed too. It prints when each project has its first verdict and when it is complete, and
what the installation uses of a processor afterwards, with the wheels that it reads then: that work begins when no
assessment is left, and ends. Times count from the pastes and are read from the store, so that looking costs nothing.
"""

import argparse
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from benchmarks.cold_page import has_verdict
from scanner.domain.targets.catalogue import SAMPLE_TARGETS

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"http://\S+/sign-in/\S+/")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_IDLE_SECONDS = 20
# What counts as idle, of one processor.
_IDLE = 0.02
_STATES = """
    select p.name, a.state, t.counts from projects_assessment a
    join projects_snapshot s on s.id = a.snapshot_id join projects_project p on p.id = s.project_id
    left join projects_targetassessment t on t.assessment_id = a.id
"""


def main() -> int:
    """Print one line for each project and one for the rest. Return 1 when a project is not complete in time."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--limit", type=float, default=240)
    arguments.add_argument("--until-idle", type=float, default=600, help="watch so many seconds after the answers")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="wheelway-real-use-") as folder:
        run = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", "0", "--host", "127.0.0.1"],
            cwd=ROOT, env={**os.environ, "WHEELWAY_DATA": folder}, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            status = _measure(run, Path(folder), given.files, given.limit)
            _watch_until_idle(run.pid, Path(folder), given.until_idle)
            return status
        finally:
            os.killpg(run.pid, signal.SIGTERM)
            run.wait(30)


def _measure(run: "subprocess.Popen[str]", folder: Path, files: list[Path], limit: float) -> int:
    assert run.stdout is not None
    started = time.perf_counter()
    link = next(found[0] for line in run.stdout if (found := _LINK.search(line)))
    print(f"ready after {time.perf_counter() - started:.1f} s", flush=True)
    session, form = _signed_in(link)
    begin = time.perf_counter()
    with ThreadPoolExecutor(len(files)) as pool:
        answers = list(pool.map(lambda file: _paste(session, form, file), files))
    print("pastes answered after", ", ".join(f"{answer - begin:.1f} s" for answer in answers), flush=True)
    first: dict[str, float] = {}
    whole: dict[str, float] = {}
    names = {file.stem for file in files}
    while time.perf_counter() - begin < limit and not names <= whole.keys():
        time.sleep(0.25)
        now = time.perf_counter() - begin
        for name, state, counts in _states(folder):
            if counts and has_verdict(json.loads(counts)):
                first.setdefault(name, now)
            if state == "complete":
                whole.setdefault(name, now)
    for name in sorted(names | first.keys()):
        print(f"{name}: first verdict {_seconds(first.get(name))}, complete {_seconds(whole.get(name))}")
    used, memory = _used(run.pid)
    print(f"processor time until then {used:.1f} s, memory {memory / 1e6:.0f} MB")
    return 0 if names <= whole.keys() else 1


def _watch_until_idle(pid: int, folder: Path, limit: float) -> None:
    """Print what the installation uses, until it is idle: nothing is read any more, and a poll now and then."""
    begin = time.perf_counter()
    before, wheels = _used(pid)[0], _wheels_read(folder)
    while (passed := time.perf_counter() - begin) < limit:
        time.sleep(_IDLE_SECONDS)
        used, read = _used(pid)[0], _wheels_read(folder)
        share = (used - before) / _IDLE_SECONDS
        print(
            f"after {passed + _IDLE_SECONDS:.0f} s: {share:.1%} of a processor, {read - wheels} wheels read", flush=True
        )
        if share < _IDLE and read == wheels:
            return
        before, wheels = used, read


def _wheels_read(folder: Path) -> int:
    ((count,),) = _rows(folder, "select count(*) from scanner_storedwheelreading")
    return int(count)


def _signed_in(link: str) -> tuple[requests.Session, str]:
    session = requests.Session()
    page = session.get(link)
    if token := _TOKEN.search(page.text):
        page = session.post(page.url, {"csrfmiddlewaretoken": token[1]}, headers={"Referer": page.url})
    return session, f"{link.partition('/sign-in/')[0]}/projects/add/"


def _paste(session: requests.Session, form: str, file: Path) -> float:
    """Add a project with the default targets. Return when the answer came."""
    own = requests.Session()
    own.cookies.update(session.cookies)
    page = own.get(form)
    token = _TOKEN.search(page.text)
    assert token is not None, page.text[:500]
    answer = own.post(
        form,
        {
            "csrfmiddlewaretoken": token[1], "name": file.stem, "pasted": file.read_text(),
            "target": [target.slug for target in SAMPLE_TARGETS],
        },
        headers={"Referer": form},
    )  # fmt: skip
    assert answer.ok, answer.status_code
    assert answer.url != form, "the form was refused"
    return time.perf_counter()


def _states(folder: Path) -> list[tuple[str, str, str | None]]:
    return _rows(folder, _STATES)


def _rows(folder: Path, query: str) -> list[Any]:
    (path,) = folder.glob("*.sqlite3")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def _used(pid: int) -> tuple[float, float]:
    """Return the processor time in seconds and the memory in bytes of a process group."""
    ticks, pages = 0, 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pid:
            ticks += sum(map(int, fields[11:15]))
            pages += int(fields[21])
    return ticks / os.sysconf("SC_CLK_TCK"), float(pages * os.sysconf("SC_PAGE_SIZE"))


def _seconds(moment: float | None) -> str:
    return "never" if moment is None else f"{moment:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
