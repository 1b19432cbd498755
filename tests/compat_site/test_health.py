import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_health_check_answers_ok_while_the_database_does(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"


def test_health_check_refuses_other_methods(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
