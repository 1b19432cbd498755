"""What the wiring app loads and sets in each process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, environment

LOADED = """
import gc, runpy, sys
sys.argv = ["manage.py", *{arguments}]
try:
    runpy.run_path("manage.py", run_name="__main__")
except SystemExit:
    pass
print()
print("celery" in sys.modules, gc.isenabled(), gc.get_threshold()[0])
"""


def loaded(folder: Path, *arguments: str) -> str:
    """The last line of a process that ran the command: whether it has Celery, and how it collects garbage."""
    code = LOADED.format(arguments=list(arguments))
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(folder), capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()[-1]


@pytest.mark.parametrize("command", ["targets", "migrate"])
def test_a_command_that_queues_nothing_loads_no_celery(tmp_path: Path, command: str) -> None:
    assert loaded(tmp_path, command) == "False True 50000"


def test_a_command_that_may_queue_jobs_has_the_app(tmp_path: Path) -> None:
    assert loaded(tmp_path, "shell", "-c", "from celery import current_app; assert current_app.main == 'wheelway'") == (
        "True True 50000"
    )
