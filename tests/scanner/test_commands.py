"""`manage.py poll` and `manage.py due`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from scanner.management.progress import Progress, progress_text
from scanner.models import Package
from tests.replay import ReplayIndex, faults

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def index(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url


def run(*arguments: str, stdin: str = "") -> str:
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", StringIO(stdin))
        call_command(*arguments, stdout=out)
    return out.getvalue()


def test_poll_asks_at_once_and_says_what_came_of_it(replay: ReplayIndex) -> None:
    replay.add_package("demo-x", ["demo_x-1.0.tar.gz"])
    text = run("poll", "Demo_X", "no-such-thing")
    assert "demo-x  changed  next " in text
    assert "no-such-thing  missing  no next poll" in text
    assert "demo-x  unchanged" in run("poll", "demo-x")
    assert Package.objects.count() == 2


def test_poll_fails_when_the_index_cannot_be_asked(replay: ReplayIndex) -> None:
    replay.fail(faults.Status(500))
    with pytest.raises(CommandError, match="could not be polled: demo"):
        run("poll", "demo")


def test_poll_refuses_what_is_no_name() -> None:
    with pytest.raises(CommandError, match="not a name"):
        run("poll", "not a name!")
    assert not Package.objects.exists()


def test_poll_tells_how_far_it_has_come(replay: ReplayIndex) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    assert run("poll", "demo", "-", stdin="six\nGreenlet ").count("next ") == 3
    seconds = iter([0.0, 1.0, 5.0, 6.0, 7.0])
    stream = StringIO()
    progress = Progress(4, stream, clock=lambda: next(seconds))
    for name in ("a", "b", "c", "d"):
        progress.done(name)
    # Where nobody watches, a line every five seconds.
    assert stream.getvalue() == "2 of 4, 0.4 a second, 0:00:05 left\n"
    assert progress_text(1200, 5000, 50) == "1,200 of 5,000, 24 a second, 0:02:38 left"
    assert progress_text(7, 7, 3) == "7 of 7"


def test_due_tells_when_and_why(replay: ReplayIndex) -> None:
    replay.add_package("demo", ["demo-1.0.tar.gz"])
    run("poll", "demo")
    assert "  demo  it has no new release\n" in run("due")
    assert "0 of 1 package are due, 0 are not polled again; 0 queued, 0 being polled" in run("due", "--limit", "0")
    index = Package.objects.get().index
    Package.objects.create(index=index, name="new", due_at=timezone.now())
    Package.objects.create(index=index, name="gone", state="missing")
    text = run("due")
    assert "gone" not in text
    assert "2 of 3 packages have been polled at least once; 1 in the last 0:10:00, so about 0:10:00 left" in text
