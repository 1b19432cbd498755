"""Saved views: a page with its query under a name, for one user."""

import pytest
from django.test import Client

from projects.models import SavedView
from tests.cast import Cast
from tests.web import text

PATH = "/?on=cp313-windows-x64&q=practice"


def save(client: Client, name: str = "Windows", path: str = PATH) -> str:
    return client.post("/views/", {"name": name, "path": path}).headers["Location"]


def test_a_view_is_listed_on_the_portfolio_and_opens_as_it_was(alice: Client) -> None:
    assert save(alice) == PATH
    html = alice.get("/").content.decode()
    assert '<a class="btn" href="/?on=cp313-windows-x64&amp;q=practice" translate="no">Windows</a>' in html
    assert "1 of 1 project, worst first" in text(alice.get(PATH).content)


def test_the_same_name_gets_the_new_path(alice: Client) -> None:
    save(alice)
    save(alice, path="/packages/?sort=name")
    assert [view.path for view in SavedView.objects.all()] == ["/packages/?sort=name"]


def test_views_are_of_one_user_who_may_forget_them(alice: Client, bob: Client) -> None:
    save(alice)
    assert "Windows" not in text(bob.get("/").content).partition("Where your projects stand")[0]
    view = SavedView.objects.get()
    bob.post(f"/views/{view.pk}/forget/")
    assert SavedView.objects.exists()
    alice.post(f"/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(("back", "led_to"), [(PATH, PATH), ("https://evil.example/", "/"), ("", "/")])
def test_forgetting_a_view_leads_back_to_the_page(alice: Client, back: str, led_to: str) -> None:
    save(alice)
    view = SavedView.objects.get()
    assert alice.post(f"/views/{view.pk}/forget/", {"back": back}).headers["Location"] == led_to


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/" + "a" * 2000, "/\\evil.example"]
)
def test_only_a_path_of_this_site_is_saved(alice: Client, path: str) -> None:
    assert save(alice, path=path) == "/"
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name(alice: Client, cast: Cast) -> None:
    answer = alice.post("/views/", {"name": "  ", "path": "/"}, follow=True)
    assert "Give the view a name." in text(answer.content)
