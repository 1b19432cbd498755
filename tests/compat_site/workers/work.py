"""Work for real workers, and what has become of it."""

from tests.compat_site.installation import Held, Installation, Worker
from tests.patience import PATIENCE

TICK = "scanner.tasks.poll_due_packages"


def names(prefix: str, number: int) -> list[str]:
    return [f"{prefix}-{at}" for at in range(number)]


def hold(site: Installation, name: str) -> Held:
    held = Held()
    site.index.fail(held, f"/simple/{name}/", times=1)
    return held


def begin_polls(site: Installation, wanted: list[str], which: int, *, hurried: bool = False) -> tuple[Held, Worker]:
    """Make packages due, and have a new worker wait in the poll of one of them."""
    site.due(wanted)
    held = hold(site, wanted[which])
    worker = site.worker("polling", hurried=hurried)
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
    return held, worker


def asked(site: Installation, wanted: list[str]) -> list[int]:
    return [len(site.index.requests_for(name)) for name in wanted]


def a_snapshot(site: Installation, requirements: list[str]) -> int:
    """Create a project with these requirements and one target. Return its snapshot, not assessed yet."""
    code = (
        "from projects import jobs; jobs.request_assessment = lambda pk: None;"
        "from projects.models import Origin, ProjectTarget;"
        "from projects.services.snapshots import take_snapshot;"
        "from tests.cast import bare_project;"
        f"project = bare_project({requirements[0]!r});"
        "ProjectTarget.objects.create(project=project, slug='cp313-win_amd64', position=0);"
        f"text = {chr(10).join(requirements)!r}.encode();"
        "snapshot = take_snapshot(project, {'requirements.txt': text}, ['requirements.txt'], origin=Origin.PASTE);"
        "result = snapshot.pk"
    )
    return int(site.shell.run(code))


def is_assessed(site: Installation, snapshot: int) -> bool:
    found = site.sql("SELECT state FROM projects_assessment WHERE snapshot_id = %s", snapshot)
    return found == [("complete",)]
