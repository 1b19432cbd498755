"""Reading many packages costs a fixed number of queries."""

from collections.abc import Mapping

import pytest
from packaging.version import Version
from pytest_django import DjangoAssertNumQueries

from scanner.domain.matching.availability import Offer
from scanner.domain.releases.pooling import StoredPackage
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.target import parse_target
from scanner.models import Index
from scanner.selectors.candidates import package_revisions, release_files, stored_packages
from scanner.selectors.profile_table import ProfileTable
from scanner.services.indexes import get_index
from tests.projects.watching import OTHER, TARGET, polled, sdist, wheel

OTHER_TARGET = "cp312-win_amd64"

pytestmark = pytest.mark.django_db


def offers_by_version(package: StoredPackage, profiles: ProfileTable) -> Mapping[Version, tuple[Offer, ...]]:
    """Each release's offers on the table's targets."""
    return {release.version: profiles.offers(release.profile) for release in package.releases}


def fill(number: int) -> list[str]:
    names = [f"demo{at}" for at in range(number)]
    for at, name in enumerate(names):
        files = [wheel(name, "1.0"), sdist(name, "0.9"), wheel(name, "2.0", OTHER if at % 2 else "py3-none-any")]
        polled(name, *files)
    return names


@pytest.mark.parametrize("number", [1, 50])
def test_the_cells_of_any_number_of_packages_take_as_many_queries(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = fill(number)
    index_ids = (get_index().pk,)
    with django_assert_num_queries(3):
        records = stored_packages(index_ids, names)
        profiles = ProfileTable({release.profile for one in records.values() for release in one.releases}, CATALOGUE)
        cells = {name: offers_by_version(record, profiles) for name, record in records.items()}
    assert len(cells) == number
    assert all(len(versions) == 3 for versions in cells.values())
    assert all(len(offers) == len(CATALOGUE) for versions in cells.values() for offers in versions.values())
    with django_assert_num_queries(1):
        files = release_files(release.pk for record in records.values() for release in record.releases)
    assert len(files) == 3 * number


@pytest.mark.parametrize("indexes", [1, 3])
def test_the_pooled_cells_of_any_number_of_indexes_take_as_many_queries(
    indexes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = fill(5)
    keys = [get_index().pk]
    for at in range(1, indexes):
        extra = Index.objects.create(url=f"https://{at}.example/simple", scope="project:1")
        keys.append(extra.pk)
        for name in names:
            polled(name, wheel(name, "1.0", OTHER), wheel(name, f"3.{at}"), index=extra)
    with django_assert_num_queries(3 if indexes == 1 else 4):
        records = stored_packages(keys, names)
        profiles = ProfileTable({release.profile for one in records.values() for release in one.releases}, CATALOGUE)
        cells = {name: offers_by_version(record, profiles) for name, record in records.items()}
    column = [target.slug for target in CATALOGUE].index(OTHER_TARGET)
    found = {str(version): offers[column].availability.value for version, offers in cells["demo0"].items()}
    # Version 1.0 has a wheel for this target on the other indexes only.
    assert found["1.0"] == ("none" if indexes == 1 else "native")
    assert len(found) == 3 + indexes - 1
    with django_assert_num_queries(1):
        assert package_revisions(keys, names) == {name: record.revisions for name, record in records.items()}


def test_offers_on_a_target_beside_the_catalogue_are_those_of_the_matcher() -> None:
    (name,) = fill(1)
    record = stored_packages((get_index().pk,), [name])[name]
    foreign = parse_target("cp313-manylinux_2_31_x86_64")
    assert foreign.slug not in {target.slug for target in CATALOGUE}
    profiles = ProfileTable({release.profile for release in record.releases}, [parse_target(TARGET), foreign])
    found = {
        str(version): [offer.availability.value for offer in offers]
        for version, offers in offers_by_version(record, profiles).items()
    }
    assert found == {"0.9": ["source", "source"], "1.0": ["native", "none"], "2.0": ["pure", "pure"]}
