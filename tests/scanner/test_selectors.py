"""Reading many packages costs a fixed number of queries."""

import pytest
from pytest_django import DjangoAssertNumQueries

from scanner.domain.catalogue import CATALOGUE
from scanner.domain.targets import parse_target
from scanner.selectors import ShapeTable, offers_by_version, package_records, release_files
from scanner.services.indexes import get_index
from tests.projects.watching import OTHER, TARGET, polled, sdist, wheel

pytestmark = pytest.mark.django_db


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
        records = package_records(index_ids, names)
        shapes = ShapeTable({release.shape for one in records.values() for release in one.releases}, CATALOGUE)
        cells = {name: offers_by_version(record, shapes) for name, record in records.items()}
    assert len(cells) == number
    assert all(len(versions) == 3 for versions in cells.values())
    assert all(len(offers) == len(CATALOGUE) for versions in cells.values() for offers in versions.values())
    with django_assert_num_queries(1):
        files = release_files(release.pk for record in records.values() for release in record.releases)
    assert len(files) == 3 * number


def test_offers_on_a_target_beside_the_catalogue_are_those_of_the_matcher() -> None:
    (name,) = fill(1)
    record = package_records((get_index().pk,), [name])[name]
    foreign = parse_target("cp313-manylinux_2_31_x86_64")
    assert foreign.slug not in {target.slug for target in CATALOGUE}
    shapes = ShapeTable({release.shape for release in record.releases}, [parse_target(TARGET), foreign])
    found = {
        str(version): [offer.availability.value for offer in offers]
        for version, offers in offers_by_version(record, shapes).items()
    }
    assert found == {"0.9": ["source", "source"], "1.0": ["native", "none"], "2.0": ["pure", "pure"]}
