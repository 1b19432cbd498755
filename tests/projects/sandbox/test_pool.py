"""The child process that works on what others send: it answers, it is used again, and its limits hold."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from projects.domain.dependency_files import ParsedFiles, read
from projects.sandbox import CallLimitReached, CallLimits, Sandbox, SandboxBroken, SandboxBusy
from projects.sandbox.frames import write_message
from tests.patience import PATIENCE
from tests.projects.sandbox import calls


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(CallLimits(seconds=PATIENCE, memory_mb=400, processes=1))


def test_a_call_returns_what_the_function_returns(sandbox: Sandbox) -> None:
    files = {"requirements.txt": b"numpy==1.26.4\n-r more.txt\n", "more.txt": b"six\n"}
    parsed = sandbox.call(read, files, ["requirements.txt"])
    assert isinstance(parsed, ParsedFiles)
    assert parsed == read(files, ["requirements.txt"])


def test_a_call_raises_what_the_function_raises(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="wrong"):
        sandbox.call(calls.fail, "wrong")
    assert sandbox.call(calls.process_id) != os.getpid()


def test_the_child_is_used_again_and_knows_nothing_of_its_parents_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "seen")
    first = sandbox.call(calls.process_id)
    assert sandbox.call(calls.process_id) == first
    assert sandbox.call(calls.environment).keys().isdisjoint({"SECRET_KEY", "DATABASE_URL"})


def test_a_call_that_computes_too_long_is_ended_and_the_next_one_is_answered() -> None:
    sandbox = Sandbox(CallLimits(seconds=1, memory_mb=400, processes=1))
    start = time.monotonic()
    with pytest.raises(CallLimitReached, match="time"):
        sandbox.call(calls.compute_for_ever)
    assert time.monotonic() - start < 8
    assert sandbox.call(calls.double, 2) == 4


def test_a_call_that_waits_too_long_is_ended_too(sandbox: Sandbox) -> None:
    with pytest.raises(CallLimitReached, match="time"):
        sandbox.call(calls.wait_for_ever, seconds=0.2)
    assert sandbox.call(calls.double, 3) == 6


def test_a_call_that_takes_too_much_memory_is_ended(sandbox: Sandbox) -> None:
    with pytest.raises(CallLimitReached, match="memory"):
        sandbox.call(calls.fill_memory)
    assert sandbox.call(calls.double, 4) == 8


def test_a_child_that_crashes_is_replaced(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxBroken):
        sandbox.call(calls.leave, 3)
    assert sandbox.call(calls.double, 5) == 10


def test_one_that_ended_while_it_was_idle_is_replaced_unseen(sandbox: Sandbox) -> None:
    first = sandbox.call(calls.process_id)
    os.kill(first, 15)
    while Path(f"/proc/{first}").exists() and "Z" not in Path(f"/proc/{first}/stat").read_text():
        time.sleep(0.01)
    assert sandbox.call(calls.process_id) != first


def test_a_call_waits_for_a_free_child_but_not_for_ever(sandbox: Sandbox, tmp_path: Path) -> None:
    begun, until = tmp_path / "begun", tmp_path / "until"
    with ThreadPoolExecutor(2) as pool:
        busy = pool.submit(sandbox.call, calls.wait_for_file, str(begun), str(until))
        while not begun.exists():
            time.sleep(0.01)
        with pytest.raises(SandboxBusy):
            sandbox.call(calls.double, 1, wait=0.05)
        waiting = pool.submit(sandbox.call, calls.double, 1, wait=PATIENCE)
        until.touch()
        assert waiting.result(PATIENCE) == 2
        busy.result(PATIENCE)


def test_what_the_function_prints_does_not_get_into_the_answer(sandbox: Sandbox) -> None:
    assert sandbox.call(calls.print_and_double, 6) == 12


def test_a_small_call_costs_little(sandbox: Sandbox) -> None:
    def cost() -> float:
        start = time.monotonic()
        sandbox.call(calls.double, 1)
        return time.monotonic() - start

    # The least of many: on a busy machine most of them wait for a processor.
    assert min(cost() for _ in range(50)) < 0.02


def test_a_child_whose_parent_has_gone_ends_without_a_word() -> None:
    command = [sys.executable, "-m", "projects.sandbox.child", "400", "0", "60"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.close()
    write_message(child.stdin, (calls.process_id, (), 10.0))
    _, said = child.communicate(timeout=PATIENCE)
    assert (child.returncode, said) == (0, b"")
