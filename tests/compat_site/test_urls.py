import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_paste_that_is_too_large_is_refused_with_its_limit(client: Client) -> None:
    client.force_login(User.objects.create_user("alice"))
    response = client.post("/projects/add/", {"requirements": "x" * 6_000_000})
    assert response.status_code == 413
    assert "5.0\xa0MB" in response.content.decode()


def test_a_page_that_is_not_there_says_so(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "Wheelway" in response.content.decode()
