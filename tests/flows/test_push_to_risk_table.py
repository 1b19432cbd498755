"""Flow 3 whole: a truly signed push to a repository behind git's own http-backend changes the risk table."""

import pytest

from projects.models import Assessment, Snapshot
from projects.models.repository import Delivery
from tests.flows.installation import Installation

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_push_changes_the_risk_table_and_shows_what_changed(installed: Installation) -> None:
    assert installed.push(installed.host.commit({"requirements.txt": b"greenlet==3.0.3\n"})) == 202
    installed.work()
    first = installed.page()
    assert "3.0.3" in first
    assert "3.1.0" in first
    assert installed.push(installed.host.commit({"requirements.txt": b"greenlet==3.1.1\nsix==1.16.0\n"})) == 202
    installed.work()
    second = installed.page()
    assert "3.1.1" in second
    assert "What changed" in second
    assert [one.targets.get().verdict for one in Assessment.objects.order_by("pk")] == ["conditional", "go"]


def test_a_wrongly_signed_push_changes_nothing_and_says_nothing(installed: Installation) -> None:
    commit = installed.host.commit({"requirements.txt": b"greenlet==3.0.3\n"})
    assert installed.push(commit, secret="a guess") == 403
    installed.work()
    assert not Delivery.objects.exists()
    assert not Snapshot.objects.exists()
