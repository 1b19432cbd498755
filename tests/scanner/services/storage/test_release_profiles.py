"""Offers that were stored for another catalogue are computed again."""

import pytest

from scanner.domain.matching.packed_offers import catalogue_digest
from scanner.models import StoredProfile
from scanner.services.storage.release_profiles import prepare_profiles, renew_profiles

pytestmark = pytest.mark.django_db


def test_renewing_gives_what_storing_gives_and_happens_once() -> None:
    sets = (
        frozenset((tags, "wheel", None, False) for tags in ("cp313-cp313-win_amd64", "py3-none-any")),
        frozenset([(None, "sdist", ">=3.8", False)]),
    )
    prepare_profiles(sets).store()
    fresh = dict(StoredProfile.objects.values_list("text", "offers"))
    assert len(fresh) == len(sets)
    StoredProfile.objects.update(catalogue="before", offers=b"")
    assert renew_profiles() == len(sets)
    assert dict(StoredProfile.objects.values_list("text", "offers")) == fresh
    assert set(StoredProfile.objects.values_list("catalogue", flat=True)) == {catalogue_digest()}
    assert renew_profiles() == 0
