"""Which client asks which index: the operator's addresses are trusted, a user's are guarded."""

import pytest
from pytest_django.fixtures import Settings

from scanner.index.errors import IndexHostNotAllowed
from scanner.models import Index
from scanner.sealed import Sealed
from scanner.services.indexes import client_of, get_index
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db


def test_the_installations_own_index_may_stand_anywhere(replay: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    client_of(get_index()).page("numpy")
    assert len(replay.requests) == 1


def test_the_same_address_given_by_a_user_is_asked_only_when_the_operator_allows_it(
    replay: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    index = Index.objects.create(url=replay.url, scope="project:1", login=Sealed.of("robot:s3cret"))
    with pytest.raises(IndexHostNotAllowed) as caught:
        client_of(index).page("numpy")
    assert replay.requests == []
    assert "s3cret" not in str(caught.value)
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    client_of(index).page("numpy")
    assert "authorization" in replay.requests[0].headers
