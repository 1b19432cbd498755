"""Comparing only rows with new serials makes the same packages due as comparing all, over any history of an index."""

import json
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, field

from scanner.domain.index_page.serials import SERIAL_OVERLAP
from scanner.index.answers import FreshRoot
from scanner.index.client import IndexClient
from scanner.index.formats.read import JSON_TYPE
from scanner.models import Index, Package, PackageState
from scanner.services.serials import follow
from tests.scanner.services.conftest import NOON

pytestmark = pytest.mark.django_db
NAMES = ("one", "two", "three", "four", "five")


class Pages(IndexClient):
    """A client that was given the root page."""

    def __init__(self) -> None:
        self.body, self.number = b"", count()

    def root(
        self, etag: str | None = None, *, last_modified: str | None = None, content_hash: str | None = None
    ) -> FreshRoot:
        return FreshRoot(None, None, str(next(self.number)), len(self.body), self.body, JSON_TYPE, "https://i.example")


class World(Struct):
    """The index as it is. `before`: its pages so far, for a cache to serve an old one."""

    newest: int = 10 * SERIAL_OVERLAP
    serials: dict[str, int | None] = field(default_factory=dict)
    before: list[bytes] = field(default_factory=list)

    def page(self) -> bytes:
        rows = [{"name": name.title(), "_last-serial": serial} for name, serial in self.serials.items()]
        self.before.append(json.dumps({"meta": {"api-version": "1.4"}, "projects": rows}).encode())
        return self.before[-1]

    def happen(self, what: str, name: str, step: int) -> None:
        there = name in self.serials
        if what == "delete":
            self.serials.pop(name, None)
        elif what == "garble" and there:
            self.serials[name] = None
        elif what == "late" and there:
            # A transaction that began before others and ends after them.
            self.serials[name] = max(self.serials[name] or 0, self.newest - step)
        elif there if what == "move" else what == "create":
            self.newest += step
            self.serials[name] = self.newest


class Store(Struct):
    """What follows the index. is_whole: by comparing all rows each time."""

    index: Index
    is_whole: bool
    client: Pages = field(default_factory=Pages)

    @property
    def packages(self) -> QuerySet[Package]:
        return Package.objects.filter(index=self.index)

    def follow(self, page: bytes, now: datetime) -> set[tuple[str, int | None]]:
        """(name, serial it should come to) of those that became due."""
        self.client.body = page
        self.packages.update(due_at=None)
        if self.is_whole:
            Index.objects.filter(pk=self.index.pk).update(root_compared_at=None)
        follow(Index.objects.get(pk=self.index.pk), self.client, now)
        return set(self.packages.filter(due_at=now).values_list("name", "wanted_serial"))

    def poll(self, name: str, world: World) -> None:
        state = PackageState.CURRENT if name in world.serials else PackageState.MISSING
        self.packages.filter(name=name).update(state=state, serial=world.serials.get(name))


NUMBERS = count()


def stores(world: World, is_whole: tuple[bool, ...]) -> list[Store]:
    """One index for each, new for each example: deleting the ones before costs more than leaving them."""
    made = []
    for whole in is_whole:
        store = Store(Index.objects.create(url=f"https://{next(NUMBERS)}.example/simple"), whole)
        Package.objects.bulk_create(Package(index=store.index, name=name) for name in NAMES)
        for name in world.serials:
            store.poll(name, world)
        store.packages.exclude(name__in=world.serials).update(state=PackageState.MISSING)
        made.append(store)
    return made


def rounds(*kinds: str) -> st.SearchStrategy[list[list[tuple[str, str, int]]]]:
    action = st.tuples(st.sampled_from(kinds), st.sampled_from(NAMES), st.integers(1, SERIAL_OVERLAP // 4))
    return st.lists(st.lists(action, max_size=4), min_size=1, max_size=7)


# What was deleted and what was created within one round cannot be told apart by counting rows: see the next test.
GROWING = rounds("move", "late", "garble", "create", "poll", "old page")
SHRINKING = rounds("move", "late", "garble", "delete", "poll")


@settings(max_examples=35)
@given(GROWING | SHRINKING, st.sets(st.sampled_from(NAMES), min_size=1))
def test_the_same_packages_become_due(history: list[list[tuple[str, str, int]]], there: set[str]) -> None:
    world = World(serials={name: at for at, name in enumerate(sorted(there), start=1)})
    all_rows, new_rows = stores(world, (True, False))
    for number, actions in enumerate(history):
        now = NOON + timedelta(minutes=number)
        page = happened(actions, world, [all_rows, new_rows])
        due = all_rows.follow(page, now)
        assert new_rows.follow(page, now) == due
        # Who is not listed is asked for as long as that lasts, but by comparing new rows only once.
        for name in {name for name, _ in due} - world.serials.keys():
            all_rows.poll(name, world)
            new_rows.poll(name, world)


@settings(max_examples=30)
@given(
    rounds("move", "late", "garble", "create", "delete", "poll", "old page"),
    st.sets(st.sampled_from(NAMES), min_size=1),
)
def test_after_a_comparison_of_all_rows_nothing_is_missed(
    history: list[list[tuple[str, str, int]]], there: set[str]
) -> None:
    world = World(serials={name: at for at, name in enumerate(sorted(there), start=1)})
    (store,) = stores(world, (False,))
    for number, actions in enumerate(history):
        store.follow(happened(actions, world, [store]), NOON + timedelta(minutes=number))
    # Something has to move, or the page is the same one; and a page without any serial is not believed at all.
    world.serials["six"] = world.newest + 1
    later = NOON + timedelta(hours=2)
    due = {name for name, _ in store.follow(world.page(), later)}
    for package in store.packages:
        told = world.serials.get(package.name)
        if package.state == PackageState.CURRENT and package.name in world.serials:
            assert told in (package.serial, package.wanted_serial)
        else:
            assert (package.name in due) == ((package.state == PackageState.CURRENT) != (package.name in world.serials))


def happened(actions: list[tuple[str, str, int]], world: World, told: list[Store]) -> bytes:
    """Let it all happen; the page that is served then."""
    page = None
    for what, name, step in actions:
        if what == "old page" and world.before:
            page = world.before[step % len(world.before)]
        for store in told if what == "poll" else []:
            store.poll(name, world)
        world.happen(what, name, step)
    newest = world.page()
    return page or newest
