"""Looking into sdists."""

from datetime import timedelta

import pytest

from scanner.domain.files.builds import UNREADABLE, build_kind
from scanner.index.client import IndexClient
from scanner.index.transport import Limits
from scanner.models import Package, Release
from scanner.services.inspection import TRY_AGAIN_AFTER, inspect_sdists
from tests.replay import ReplayIndex, a_file, faults
from tests.scanner.services.conftest import NOON, Poll

# Inspecting uses threads with connections of their own.
pytestmark = pytest.mark.django_db(transaction=True)

CARGO = {"src/lib.rs": b"", "pyproject.toml": b'[build-system]\nrequires=["maturin"]\nbuild-backend="maturin"\n'}


def details() -> dict[str, str]:
    return dict(Release.objects.order_by("pk").values_list("version", "build_detail"))


def ids() -> list[int]:
    return list(Release.objects.values_list("pk", flat=True))


def test_each_sdist_is_looked_into_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    zipped = {"demo-3.0/demo/_x.pyx": b""}
    replay.add_package(
        "demo",
        [
            a_file("demo-1.0.tar.gz", members=CARGO),
            a_file("demo-2.0.tar.gz", members={"demo/__init__.py": b""}),
            a_file("demo-3.0.zip", members=zipped),
            "demo-4.0-py3-none-any.whl",
        ],
    )
    poll()
    client = IndexClient(replay.url)
    assert inspect_sdists(ids(), client, NOON) == 3
    assert details() == {"1.0": "compiled: Rust", "2.0": "pure", "3.0": "compiled: Cython", "4.0": ""}
    replay.clear_log()
    assert inspect_sdists(ids(), client, NOON) == 0
    assert replay.requests == []


def test_what_cannot_be_read_is_unreadable_and_is_tried_again_later(
    replay: ReplayIndex, demo: Package, poll: Poll
) -> None:
    replay.add_package("demo", [a_file("demo-1.0.tar.gz", members=CARGO)])
    poll()
    replay.mount_body("demo", "demo-1.0.tar.gz", b"no archive at all")
    client = IndexClient(replay.url)
    assert inspect_sdists(ids(), client, NOON) == 1
    assert build_kind(details()["1.0"]) == UNREADABLE
    replay.bodies.clear()
    assert inspect_sdists(ids(), client, NOON + timedelta(days=1)) == 0
    assert inspect_sdists(ids(), client, NOON + TRY_AGAIN_AFTER + timedelta(days=1)) == 1
    assert details() == {"1.0": "compiled: Rust"}


def test_an_index_that_is_down_is_asked_again_at_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file("demo-1.0.tar.gz", members=CARGO)])
    poll()
    replay.fail(faults.Status(500), times=1)
    client = IndexClient(replay.url)
    assert inspect_sdists(ids(), client, NOON) == 0
    assert inspect_sdists(ids(), client, NOON) == 1


def test_a_large_sdist_is_given_up_within_bounds(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    replay.add_package("demo", [a_file("demo-1.0.tar.gz", members={**CARGO, "huge.bin": bytes(5_000_000)})])
    poll()
    client = IndexClient(replay.url, limits=Limits(archive=100_000, sdist=100_000))
    assert inspect_sdists(ids(), client, NOON) == 1
    assert build_kind(Release.objects.get().build_detail) == UNREADABLE
    assert Release.objects.get().build_tried_at == NOON
