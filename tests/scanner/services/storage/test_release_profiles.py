"""Offers that were stored for another catalogue are computed again."""

import pytest

from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.packed_offers import catalogue_digest
from scanner.models import StoredProfile
from scanner.services.storage.release_profiles import renew_profiles, store_profiles

pytestmark = pytest.mark.django_db


def test_renewing_gives_what_storing_gives_and_happens_once() -> None:
    texts = ('[[null,0,["cp313-cp313-win_amd64","py3-none-any"]]]', '[[">=3.8",0,["=sdist"]]]')
    store_profiles(map(ReleaseProfile.parse, texts))
    fresh = dict(StoredProfile.objects.values_list("text", "offers"))
    assert len(fresh) == len(texts)
    StoredProfile.objects.update(catalogue="before", offers=b"")
    assert renew_profiles() == len(texts)
    assert dict(StoredProfile.objects.values_list("text", "offers")) == fresh
    assert set(StoredProfile.objects.values_list("catalogue", flat=True)) == {catalogue_digest()}
    assert renew_profiles() == 0
