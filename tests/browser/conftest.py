"""A real Chromium on a live server; every test fails when the console says anything is wrong."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast, assess_as, make_cast, usual_rows
from tests.patience import PATIENCE

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Chromium of this machine. The database is made before its event loop starts and dropped after it ends."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on PATH")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's event loop runs in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # A sandbox cannot be set up as root, as which containers often run.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The people and their project, assessed twice."""
    cast = make_cast()
    assess_as(cast.project, usual_rows(moved=1))
    assess_as(cast.project, usual_rows())
    return cast


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Opens a page of the live server in a context of its own, which `as_alice` has the session of alice."""
    contexts, said = [], []

    def open_one(path: str = "/", *, as_alice: bool = True, width: int = 1440, **options: Any) -> Page:
        context = browser.new_context(
            base_url=str(live_server.url), viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        # Of the context, so that a further tab is heard as well.
        context.on(
            "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
        )
        context.on("weberror", lambda error: said.append(str(error.error)))
        page = context.new_page()
        if as_alice:
            client = Client()
            client.force_login(User.objects.get(username="alice"))
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": str(live_server.url)}])
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert said == []
