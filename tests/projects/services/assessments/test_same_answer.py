"""The same question has the same answer, whatever was stored before and in whichever order the index is asked."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from projects.domain.assessment.request import AssessmentRequest
from projects.presentation.formats.schema import target_document
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import evaluate
from projects.services.assessments.fetch import FROM_STORE, fetch_missing
from projects.services.projects import SAMPLE_FILE
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import parse_target
from scanner.index.client import IndexClient
from scanner.models import Package, Release
from scanner.services.fetching import Fetcher, fetching
from scanner.services.index_sets import IndexSet, one_index
from tests.projects.known import requirements, targets
from tests.replay import ReplayIndex

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

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
    present = parse_target("cp312-manylinux_2_28_x86_64")
    return AssessmentRequest(requirements(text), targets(*TARGETS), BuildPolicy(), NOW, present=present)


def quiet(name: str, done: int, total: int) -> None:
    """Show nothing."""


def answer(asked: AssessmentRequest, indexes: IndexSet, *, fresh_for: timedelta = FROM_STORE) -> list[dict[str, Any]]:
    found = fetch_missing(asked, indexes=indexes, progress=quiet, fresh_for=fresh_for, budget=Budget(300))
    return [target_document(one) for one in evaluate(asked, indexes=indexes, resolved=found.resolved).targets]


def fetch_all(fetcher: Fetcher) -> None:
    while fetcher.busy:
        fetcher.wait(60)


def store_some(indexes: IndexSet, names: Sequence[str], chance: random.Random) -> None:
    """Poll some of these packages, and read the metadata of some of their releases."""
    with fetching(indexes, progress=quiet) as fetcher:
        fetcher.want_packages(chance.sample(names, len(names) // 3))
        fetch_all(fetcher)
        keys = sorted(Release.objects.values_list("pk", flat=True))
        fetcher.want_metadata(chance.sample(keys, min(200, len(keys) // 2)))
        fetch_all(fetcher)


def test_an_answer_does_not_depend_on_what_was_stored_before(replay: ReplayIndex, settings: Settings) -> None:
    """Each question from an empty store, then all in one store with remains of polls, then all from a full store.

    The second store is filled over one connection, so that facts come in another order than from the first.
    """
    chance = random.Random(1)
    questions = {name: request(text) for name, text in CASES.items()}
    first, names = {}, set()
    for name, asked in questions.items():
        call_command("flush", interactive=False, verbosity=0)
        first[name] = answer(asked, one_index(replay.url, IndexClient(replay.url)))
        names |= set(Package.objects.values_list("name", flat=True))

    call_command("flush", interactive=False, verbosity=0)
    settings.WHEELWAY_INDEX_CONNECTIONS = 1
    indexes = one_index(replay.url, IndexClient(replay.url))
    store_some(indexes, sorted(names), chance)
    for name in chance.sample(sorted(questions), len(questions)):
        assert answer(questions[name], indexes) == first[name], f"after some polls and other projects: {name}"
    for name, asked in questions.items():
        assert answer(asked, indexes) == first[name], f"from a full store: {name}"
