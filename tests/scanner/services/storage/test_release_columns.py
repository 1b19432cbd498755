"""The releases of a package in one row say what their own rows say, whatever was stored before."""

from datetime import timedelta
from random import Random

import pytest

from scanner.domain.index_page.page import IndexFile
from scanner.domain.releases.pooling import StoredRelease
from scanner.domain.releases.release_columns import FORMAT, PolledRelease, ReleaseColumns
from scanner.models import Package, Release, StoredReleaseColumns
from scanner.selectors.candidates import stored_packages
from scanner.services.storage.release_columns import pack_releases
from tests.projects.watching import NOON, OTHER, polled, sdist, wheel

pytestmark = pytest.mark.django_db

# Two of them are one version that is spelt differently.
VERSIONS = ("0.9", "1.0", "1.0.0", "1.1rc1", "1.1", "1.10", "1.2", "2.0.dev1", "2!0.1", "1.0+cpu")


def columns_of_rows(package: Package) -> ReleaseColumns:
    rows = Release.objects.filter(package=package).values_list("version", "pk", "profile_id", "first_uploaded_at")
    return ReleaseColumns.of({version: PolledRelease(pk, profile, at) for version, pk, profile, at in rows})


def stored_columns(package: Package) -> ReleaseColumns:
    row = StoredReleaseColumns.objects.get(package=package)
    assert row.format == FORMAT
    return ReleaseColumns.from_bytes(bytes(row.columns))


def read(package: Package) -> list[StoredRelease]:
    return [*stored_packages((package.index_id,), [package.name])[package.name].releases]


def some_files(random: Random) -> list[IndexFile]:
    """A page: some files of some releases, each uploaded and yanked as chance has it."""
    files = {}
    for version in random.sample(VERSIONS, random.randint(0, len(VERSIONS))):
        at = NOON - timedelta(seconds=random.randint(0, 3), microseconds=random.randint(0, 3))
        for file in (sdist("demo", version, at=at), wheel("demo", version, OTHER, at=at, yanked=random.random() < 0.3)):
            if random.random() < 0.7:
                dated = file if random.random() < 0.8 else file._replace(uploaded_at=None)
                files[file.filename] = dated
    return [*files.values()]


@pytest.mark.parametrize("seed", range(4))
def test_after_each_page_of_any_sequence_the_columns_say_what_the_rows_say(seed: int) -> None:
    random = Random(seed)
    for _ in range(8):
        package = polled("demo", *some_files(random))
        if package.revision > 1 or StoredReleaseColumns.objects.exists():
            assert stored_columns(package) == columns_of_rows(package)
        if random.random() < 0.15:
            # What an old version left.
            StoredReleaseColumns.objects.update(format=FORMAT - 1, columns=b"")


@pytest.mark.parametrize("left", ["nothing", "another format"])
def test_what_an_old_version_stored_is_read_the_same_and_packed_once(left: str) -> None:
    package = polled("demo", *(wheel("demo", version) for version in VERSIONS))
    polled("other", wheel("other", "1.0"))
    Package.objects.create(index=package.index, name="never-polled")
    Release.objects.filter(version="1.1").update(build_detail="compiled: C", metadata_error="gone")
    before, columns = read(package), stored_columns(package)
    mine = StoredReleaseColumns.objects.filter(package=package)
    if left == "nothing":
        mine.delete()
    else:
        mine.update(format=FORMAT + 1, columns=b"?")
    assert read(package) == before
    assert [release.build_detail for release in before if str(release.version) == "1.1"] == ["compiled: C"]
    assert pack_releases() == 1
    assert stored_columns(package) == columns
    assert pack_releases() == 0


def test_a_release_that_was_stored_since_the_columns_were_read_is_left_out() -> None:
    package = polled("demo", wheel("demo", "1.0"))
    Release.objects.create(
        package=package, version="2.0", profile=Release.objects.get().profile, metadata_error="not in the columns"
    )
    assert [str(release.version) for release in read(package)] == ["1.0"]
