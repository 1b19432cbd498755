"""What tests of the client share: its limits, its clock, and the page it answers with."""

from datetime import UTC, datetime

from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.transport import Limits
from tests.patience import PATIENCE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

SMALL = Limits(connect=PATIENCE, silence=PATIENCE, total=PATIENCE, wire=200_000, body=400_000)


def fresh(client: IndexClient, name: str = "demo") -> FreshPage:
    answer = client.page(name)
    assert isinstance(answer, FreshPage)
    return answer
