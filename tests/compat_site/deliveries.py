"""Deliveries of pushes whose host answers only when it is let go."""

import threading

from tests.hosting.git_server import GitServer

# A minute, with allowance for a loaded machine.
SOON = 60.0 + 15.0
# How long claims hold here, in seconds: nobody waits for the usual 40.
HOLDS = 8.0
SETUP = """
import json
from projects.models.repository import Repository
from tests.cast import bare_project
made = []
for number in range({number}):
    project = bare_project(f"App {{number}}", slug=f"app-{{number}}")
    repository = Repository.objects.create(project=project, clone_url={url!r}, paths=["requirements.txt"])
    made.append([repository.hook_key, repository.rotate_secret(), repository.pk])
result = made
"""


class HeldHost:
    """A host that answers nothing until it is let go."""

    def __init__(self, host: GitServer) -> None:
        self._host, self._go = host, threading.Event()
        host.hang = self._go

    def go(self) -> None:
        self._host.hang = None
        self._go.set()
