"""Rows of packages are made and made due again where a project names them."""

from datetime import UTC, datetime, timedelta

import pytest

from scanner.models import Package, PackageState
from scanner.services.index_sets import one_index
from scanner.services.packages import RECHECK_AFTER, ensure_packages_on, ensured_keys

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def test_the_keys_are_those_of_the_packages_that_are_ensured() -> None:
    indexes = one_index("http://127.0.0.1:1/simple").keys
    made = ensured_keys(indexes, {"numpy", "flask"}, NOW)
    assert set(Package.objects.filter(pk__in=made).values_list("name", flat=True)) == {"numpy", "flask"}
    Package.objects.filter(name="flask").update(state=PackageState.CURRENT)
    again = ensured_keys(indexes, {"numpy", "flask"}, NOW)
    assert again == made == {one.pk for one in ensure_packages_on(indexes, {"numpy", "flask"}, NOW)[indexes[0]]}


def test_a_missing_package_is_made_due_again() -> None:
    indexes = one_index("http://127.0.0.1:1/simple").keys
    (key,) = ensured_keys(indexes, {"numpy"}, NOW)
    checked_at = NOW - RECHECK_AFTER - timedelta(minutes=1)
    Package.objects.filter(pk=key).update(state=PackageState.MISSING, checked_at=checked_at, due_at=None)
    assert ensured_keys(indexes, {"numpy"}, NOW) == {key}
    assert Package.objects.get(pk=key).due_at == NOW
