"""The same question has the same answer, whatever was stored before and in whichever order the index is asked."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from projects.domain.assessment.request import AssessmentRequest
from projects.presentation.formats.schema import target_document
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import evaluate
from projects.services.assessments.fetch import FROM_STORE, fetch_missing
from projects.services.projects import SAMPLE_FILE
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.index.client import IndexClient
from scanner.models import CoreMetadata, Index, Package, Release, StoredProfile
from scanner.services.fetching import Fetcher, fetching
from scanner.services.index_sets import IndexSet, one_index
from tests.projects.known import requirements, targets
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CASES = {
    "the sample": SAMPLE_FILE.read_text(),
    "a web set without pins": (
        "fastapi\nuvicorn\nsqlalchemy\npydantic\npasslib[argon2]\npython-jose\npython-multipart\nwebsockets\n"
        "requests\ngroq\npython-dotenv\nsendgrid\n"
    ),
    "ray and what excludes it": "ray[serve]==2.3.1\nlangchain\nmlflow<3\nnumpy<2\n",
    "nine packages of machine learning": (
        "torch\ntensorflow\nnumpy<2\npandas==1.5.3\nscipy\nopencv-python\ntransformers\ngrpcio==1.50.0\n"
        "psycopg2==2.9.5\n"
    ),
}
TARGETS = ("cp313-manylinux_2_28_x86_64", "cp314-win_amd64")


def request(text: str) -> AssessmentRequest:
    return AssessmentRequest(requirements(text), targets(*TARGETS), BuildPolicy(), NOW)


def quiet(name: str, done: int, total: int) -> None:
    """Show nothing."""


def answer(asked: AssessmentRequest, indexes: IndexSet, *, fresh_for: timedelta = FROM_STORE) -> list[dict[str, Any]]:
    found = fetch_missing(asked, indexes=indexes, progress=quiet, fresh_for=fresh_for, budget=Budget(300))
    return [target_document(one) for one in evaluate(asked, indexes=indexes, resolved=found.resolved).targets]


def empty_store(replay: ReplayIndex) -> IndexSet:
    for model in (Release, Package, CoreMetadata, StoredProfile, Index):
        model.objects.all().delete()
    return one_index(replay.url, IndexClient(replay.url))


def fetch_all(fetcher: Fetcher) -> None:
    while fetcher.busy:
        fetcher.wait(60)


def store_some(indexes: IndexSet, names: Sequence[str], chance: random.Random) -> None:
    """Poll some of these packages, and read the metadata of some of their releases."""
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(chance.sample(names, len(names) // 2))
        fetch_all(fetcher)
        keys = sorted(Release.objects.values_list("pk", flat=True))
        fetcher.want_metadata(chance.sample(keys, min(200, len(keys) // 2)))
        fetch_all(fetcher)


@pytest.mark.parametrize("name", CASES)
def test_an_answer_does_not_depend_on_what_was_stored_before(
    replay: ReplayIndex, settings: Settings, name: str
) -> None:
    asked = request(CASES[name])
    indexes = empty_store(replay)
    first = answer(asked, indexes)
    names = sorted(Package.objects.values_list("name", flat=True))
    assert answer(asked, indexes) == first, "from a full store"

    indexes = empty_store(replay)
    other = next(one for one in CASES if one != name)
    answer(request(CASES[other]), indexes)
    assert answer(asked, indexes) == first, f"after another project: {other}"

    settings.WHEELWAY_INDEX_CONNECTIONS = 1
    indexes = empty_store(replay)
    store_some(indexes, names, random.Random(1))
    assert answer(asked, indexes) == first, "after some polls"
