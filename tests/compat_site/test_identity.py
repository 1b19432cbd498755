"""Signing in with another site, whole: a browser, `manage.py run`, and a stand-in for each kind of site."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.commands import DATABASE, NO_INDEX, environment, migrated
from tests.compat_site.running import Running
from tests.compat_site.test_run import signed_in
from tests.patience import PATIENCE
from tests.services.identity import IdentitySite, identity_site

pytestmark = pytest.mark.long

# The addresses at which signing in begins.
PROVIDERS = {"oidc": "oidc/oidc", "github": "github", "gitlab": "gitlab"}


class Visitor:
    """A browser at a running installation."""

    def __init__(self, root: str, session: requests.Session | None = None) -> None:
        self.root, self.session = root, session or requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(f"{self.root}{path}", timeout=PATIENCE)

    def post(self, path: str, form_on: str, **data: Any) -> requests.Response:
        """Send a form with the token of the page that has it, and follow where it leads."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(form_on).text)
        assert token is not None
        data["csrfmiddlewaretoken"] = token[1]
        return self.session.post(f"{self.root}{path}", data, timeout=PATIENCE)

    def sign_in_with(self, provider: str, *, process: str = "login", form_on: str = "/sign-in/") -> requests.Response:
        return self.post(f"/account/with/{PROVIDERS[provider]}/login/?process={process}", form_on)

    @property
    def is_signed_in(self) -> bool:
        return "/sign-in/" not in self.get("/account/").url


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentitySite]:
    with identity_site() as site:
        yield site


@pytest.fixture(scope="module")
def running(identity: IdentitySite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("identity")
    migrated(folder / "data")
    given = environment(folder / "data", NO_INDEX) | {"PORT": "0"} | identity.settings()
    made = Running(given, folder / "errors")
    made.data = folder / "data"  # type: ignore[attr-defined]
    yield made
    made.kill()


@pytest.fixture(scope="module")
def admin(running: Running) -> Visitor:
    return Visitor(running.link.partition("/sign-in/")[0], signed_in(running.link))


def accounts(running: Running) -> list[str]:
    folder: Path = running.data  # type: ignore[attr-defined]
    with sqlite3.connect(folder / DATABASE) as database:
        return [name for (name,) in database.execute("SELECT username FROM auth_user ORDER BY id")]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_is_connected_and_then_signed_in_with_the_other_site(
    admin: Visitor, running: Running, identity: IdentitySite, provider: str
) -> None:
    identity.person = (7, "ada")
    assert accounts(running) == ["admin"]
    page = admin.sign_in_with(provider, process="connect", form_on="/account/connections/")
    assert page.ok, page.text
    visitor = Visitor(admin.root)
    assert visitor.sign_in_with(provider).ok
    assert visitor.is_signed_in
    assert "admin" in visitor.get("/account/").text
    assert accounts(running) == ["admin"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whom_only_the_other_site_knows_gets_no_account_without_an_invitation(
    admin: Visitor, running: Running, identity: IdentitySite, provider: str
) -> None:
    identity.person = (666, "eve")
    visitor = Visitor(admin.root)
    assert "closed" in visitor.sign_in_with(provider).text.lower()
    assert not visitor.is_signed_in
    assert "eve" not in accounts(running)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_code_that_is_refused_or_was_asked_for_by_another_browser_signs_nobody_in(
    admin: Visitor, identity: IdentitySite, provider: str
) -> None:
    identity.person, identity.refuses = (7, "ada"), True
    visitor = Visitor(admin.root)
    refused = visitor.sign_in_with(provider)
    identity.refuses = False
    assert (refused.status_code, visitor.is_signed_in) == (401, False)
    forged = visitor.get(f"/account/with/{PROVIDERS[provider]}/login/callback/?code=code-0&state=forged")
    assert (forged.status_code, visitor.is_signed_in) == (401, False)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_invited_person_gets_an_account_by_the_other_site_and_joins(
    admin: Visitor, running: Running, identity: IdentitySite, provider: str
) -> None:
    name = f"new-{provider}"
    identity.person = (100 + len(accounts(running)), name)
    (team,) = set(re.findall(r"/teams/([\w-]+)/", admin.get("/teams/").text))
    shown = admin.post(f"/teams/{team}/invite/", f"/teams/{team}/", role="member").text
    (link,) = set(re.findall(r"http://[\w.:]+(/invitations/[\w-]+/)", shown))
    visitor = Visitor(admin.root)
    assert "invite" in visitor.get(link).text.lower()
    (action,) = re.findall(rf'action="([^"]*/{PROVIDERS[provider]}/login/[^"]*)"', visitor.get(link).text)
    back = visitor.post(action.replace("&amp;", "&"), link)
    assert back.url == f"{admin.root}{link}"
    assert visitor.is_signed_in
    assert accounts(running)[-1] == name
    assert visitor.post(link, link).url == f"{admin.root}/"
    assert visitor.get(f"/teams/{team}/").status_code == 200
