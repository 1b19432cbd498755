"""What real workers log."""

import json
import re
import signal
from base64 import b64encode

import pytest

from tests.compat_site.installation import Installation, until
from tests.compat_site.workers.work import TICK, names
from tests.replay import faults

pytestmark = pytest.mark.long


def test_no_log_has_the_login_of_an_index_however_the_index_fails(site: Installation) -> None:
    wanted = names("secret", 6)
    site.due(wanted)
    kinds: tuple[faults.Fault, ...] = (
        faults.Status(500),
        faults.Reset(),
        faults.Redirect("loop"),
        faults.Replace(b"garbage"),
        faults.Status(401),
        faults.Redirect("http://robot:hunter2@127.0.0.1:9/simple/"),
    )
    for name, fault in zip(wanted, kinds, strict=True):
        site.index.fail(fault, f"/simple/{name}/")
    address = site.index.url.replace("://", "://robot:hunter2@")
    worker = site.worker("polling", WHEELWAY_INDEX_URL=address, LOG_LEVEL="DEBUG")
    site.send(TICK)
    failed = "SELECT count(*) FROM scanner_package WHERE name LIKE 'secret-%%' AND last_error <> ''"
    until(lambda: site.sql(failed) == [(6,)], "six failures")
    worker.tell(signal.SIGTERM)
    worker.left()
    written = worker.log.read_text()
    assert written.count("poll failed") == 6
    assert any("authorization" in seen.headers for seen in site.index.requests), "the login was used"
    for secret in ("hunter2", b64encode(b"robot:hunter2").decode()):
        assert secret not in written
        assert site.sql("SELECT count(*) FROM scanner_package WHERE last_error LIKE %s", f"%{secret}%") == [(0,)]


def test_every_line_of_a_task_names_it_and_a_poll_its_package(site: Installation) -> None:
    wanted = names("line", 3)
    site.due(wanted)
    site.index.fail(faults.Status(500), f"/simple/{wanted[2]}/", times=1)
    worker = site.worker("polling")
    site.send(TICK)
    site.polled(wanted[:2])
    worker.says("poll failed")
    lines = [facts(line) for line in worker.lines if line.startswith("time=")]
    keys = dict(site.sql("SELECT name, id::text FROM scanner_package WHERE name LIKE 'line-%%'"))
    about_polls = [line for line in lines if "package=line-" in line["message"]]
    assert {line["package"] for line in about_polls} == set(keys.values())
    for line in [*about_polls, *(line for line in lines if line["logger"].startswith("scanner."))]:
        assert line["task"].startswith("scanner.tasks.")
        assert re.fullmatch(r"[0-9a-f-]{36}", line["task_id"])


def facts(line: str) -> dict[str, str]:
    """Parse a line of key=value strictly: the whole line must have that form."""
    found, at = {}, 0
    pair = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"=]+)(?: |$)')
    while at < len(line):
        match = pair.match(line, at)
        assert match is not None, f"not key=value from {line[at : at + 40]!r}"
        found[match[1]] = json.loads(match[2]) if match[2].startswith('"') else match[2]
        at = match.end()
    return found
