"""The page of a project's source: who may read it, and its number of queries."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.findings import AuditFinding, FindingKind, SourcePlace
from projects.models import Snapshot, SourceAudit
from tests.cast import WINDOWS_313, Cast
from tests.web import text

PAGE = "/projects/practice-api/audit/"


def finding(subject: str) -> AuditFinding:
    return AuditFinding(
        FindingKind.REMOVED_MODULE,
        Severity.HIGH,
        subject,
        (SourcePlace("app.py", 3),),
        python=(3, 13),
        through=("a", "b"),
        targets=(WINDOWS_313,),
    )


def store(cast: Cast, *findings: AuditFinding, files: int = 1, left_out: int = 0) -> None:
    snapshot = Snapshot.objects.filter(project=cast.project).latest("pk")
    values = {"project": cast.project, "made_at": timezone.now(), "targets": [WINDOWS_313]}
    values |= {"files": files, "left_out": left_out}
    found = [one.to_json() for one in findings]
    SourceAudit.objects.update_or_create(snapshot=snapshot, defaults={**values, "findings": found})


def test_a_finding_is_stored_and_read_again_whole() -> None:
    assert AuditFinding.from_json(finding("cgi").to_json()) == finding("cgi")


def test_members_read_it_and_strangers_do_not(alice: Client, bob: Client, carol: Client, cast: Cast) -> None:
    assert "The source is audited after each push" in text(alice.get(PAGE).content)
    store(cast, finding("cgi"))
    assert "cgi is imported, which Python 3.13 removed" in text(bob.get(PAGE).content)
    assert carol.get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302
    assert alice.post(PAGE).status_code == 405


@pytest.mark.parametrize(
    ("files", "left_out", "said"),
    [
        (3, 0, "Nothing was found: the requirements provide every import"),
        (3, 9, "Nothing was found in what was read: the requirements provide every import"),
        (0, 0, "No Python file was read, so nothing is known about what the source imports."),
    ],
)
def test_an_audit_without_findings_speaks_of_what_was_read(
    alice: Client, cast: Cast, files: int, left_out: int, said: str
) -> None:
    store(cast, files=files, left_out=left_out)
    assert said in text(alice.get(PAGE).content)


@pytest.mark.parametrize("findings", [1, 5])
def test_it_has_a_fixed_number_of_queries(
    alice: Client, cast: Cast, findings: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store(cast, *(finding(f"module{number}") for number in range(findings)))
    with django_assert_max_num_queries(7):
        alice.get(PAGE)
