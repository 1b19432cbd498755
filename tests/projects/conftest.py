import pytest

from tests.hosting.fixtures import host

__all__ = ["host"]


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The snapshots that a worker was asked to assess; no worker does."""
    asked: list[int] = []
    monkeypatch.setattr("projects.jobs.request_assessment", asked.append)
    return asked
