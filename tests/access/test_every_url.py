"""Walk every URL as every kind of visitor, with own and foreign ids. tests/access/table.py says what each may do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import KeyScope
from projects.services.api_keys import make_key
from tests.access.table import PARTS, ROWS, Row, Who
from tests.access.world import INSIDERS, OUTSIDERS, World, make_world

TABLE = "tests/access/table.py"
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
# In the order of what they permit.
_RANKS = [Who.READER, Who.MEMBER, Who.MANAGER, Who.OWNER]
_EVERYONE = (*OUTSIDERS, *INSIDERS)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the application, with those of included modules."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route, pattern


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Settings) -> World:
    """The two teams; mail is written to files, which staff may read."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    # Counts of attempts are not part of a transaction.
    cache.clear()
    return make_world()


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    known = {row.route for row in ROWS}
    found = dict(routes())
    missing = [
        f'{pattern.name or pattern.callback.__qualname__}: add Row("{route}", read=Who.…, change=Who.…) to ROWS in '
        f"{TABLE}; a part of the route that names a stored row needs ids={{…}} and the thing in tests/access/world.py"
        for route, pattern in found.items()
        if route not in known
    ]
    assert not missing, "\n".join(["URLs of which nothing says who may use them:", *missing])
    assert known <= set(found), f"rows of {TABLE} without a URL: {sorted(known - set(found))}"
    assert len(ROWS) == len(known), f"{TABLE} has two rows for a route"


@pytest.mark.parametrize("visitor", _EVERYONE)
def test_each_visitor_may_do_what_the_table_says_and_no_more(visitor: str, world: World) -> None:
    client = client_of(visitor, world)
    wrong = []
    for row in ROWS:
        url = address(row, world.own[visitor])
        for method, who in row.methods:
            if who is Who.NOBODY:
                continue
            answer = ask(client, method, url, row)
            if not _is_right(answer, method, visitor, row):
                wrong.append(f"{visitor}: {method} /{row.route} is for {who.value}, and was answered {_said(answer)}")
    assert not wrong, "\n".join([f"The application and {TABLE} differ:", *wrong])


def test_ids_of_another_team_are_not_found(world: World) -> None:
    client = client_of("manager", world)
    wrong = []
    for row in ROWS:
        for part, thing in row.ids.items():
            if Who.ANYONE in (row.read, row.change) or Who.STAFF in (row.read, row.change):
                continue
            url = address(row, {**world.own["manager"], thing: world.foreign[thing]})
            for method, who in row.methods:
                if who is Who.NOBODY:
                    continue
                answer = ask(client, method, url, row)
                if answer.status_code != 404:
                    wrong.append(f"{method} /{row.route} with a foreign <{part}> was answered {_said(answer)}")
    assert not wrong, "\n".join(["Ids of another team must be answered with 404:", *wrong])


def test_methods_that_no_row_names_are_refused(world: World) -> None:
    client = client_of("manager", world)
    wrong = []
    for row in ROWS:
        url = address(row, world.own["manager"])
        methods = [method for method, who in row.methods if who is Who.NOBODY]
        for method in methods:
            answer = ask(client, method, url, row)
            if answer.status_code not in (401, 403, 404, 405):
                wrong.append(f"{method} /{row.route} was answered {_said(answer)}")
    assert not wrong, "\n".join([f"{TABLE} names no such method:", *wrong])


def test_changes_of_a_session_need_the_token_against_forged_requests(world: World) -> None:
    client = client_of("manager", world, enforce_csrf_checks=True)
    free = (Who.NOBODY, Who.SIGNATURE)
    wrong = [
        f"POST /{row.route} was answered {_said(answer)}"
        for row in ROWS
        # The stop link is posted to by mail programs (RFC 8058).
        if row.change not in free and not row.by_key and row.route != "alerts/stop/<str:token>/"
        if (answer := ask(client, "POST", address(row, world.own["manager"]), row)).status_code != 403
    ]
    assert not wrong, "\n".join(wrong)


def client_of(visitor: str, world: World, *, enforce_csrf_checks: bool = False) -> Client:
    """Return a client that the visitor is signed in with, and that sends a key of the visitor's to the API."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    if visitor in world.people:
        client.force_login(world.people[visitor])
        _, key = make_key(world.people[visitor], "the walk", KeyScope.WRITE, timezone.now())
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def address(row: Row, things: Mapping[str, str]) -> str:
    """Return the URL of a row's route, with the ids of these things."""
    ids = {part: things[thing] for part, thing in row.ids.items()}
    return "/" + _PART.sub(lambda part: {**PARTS, **row.parts, **ids}[part[1]], row.route)


def ask(client: Client, method: str, url: str, row: Row) -> HttpResponseBase:
    """Return the answer, and take back what the request changed, as the cookies are."""
    cookies = SimpleCookie(client.cookies)
    with transaction.atomic():
        if method == "POST" and not row.by_key:
            answer = client.post(url, dict(row.data))
        else:
            body = "" if method == "GET" else json.dumps(row.data)
            answer = client.generic(method, url, body, "application/json")
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def _is_right(answer: HttpResponseBase, method: str, visitor: str, row: Row) -> bool:
    who = dict(row.methods)[method]
    status = answer.status_code
    to_sign_in = status == 302 and answer.headers["Location"].startswith("/sign-in/?next=")
    if who is Who.SIGNATURE:
        return status == 403
    if _may(visitor, who):
        # A visitor who may is not refused for a form that lacks something, or for a state that forbids it (409).
        return status in (200, 201, 202, 204, 302, 400, 409, 422, 404 * row.is_empty, row.answer) and not to_sign_in
    if visitor == "anonymous" and row.by_key:
        return status == 401
    if visitor == "anonymous":
        return to_sign_in if row.asks_to_sign_in else status == 404
    # Strangers are not shown that a project exists; its members know.
    outside = row.put_by_strangers if method == "PUT" else 404
    return status == (row.to_lower_roles if visitor in INSIDERS and who in _RANKS else outside)


def _may(visitor: str, who: Who) -> bool:
    if who is Who.ANYONE:
        return True
    if who is Who.SIGNED_IN:
        return visitor != "anonymous"
    if who is Who.STAFF:
        return visitor == "staff"
    return visitor in INSIDERS and _RANKS.index(Who(visitor)) >= _RANKS.index(who)


def _said(answer: HttpResponseBase) -> str:
    return f"{answer.status_code} {answer.headers.get('Location', '')}".strip()
