"""Indexes that the files of a project name, and the form that adds them."""

from typing import Any

import pytest
from django.test import Client

from projects.models import IndexRole, ProjectIndex
from projects.services.snapshots import take_snapshot
from tests.cast import Cast
from tests.projects.views.indexes.page import ADD, PAGE, URL, forms_in


def take(cast: Cast, content: str) -> None:
    take_snapshot(cast.project, {"requirements.txt": content.encode()}, ["requirements.txt"], origin="paste")


def test_what_the_files_name_and_nobody_asks_is_told_with_a_form_that_adds_it(alice: Client, cast: Cast) -> None:
    take(cast, f"x==1\n--extra-index-url {URL}\n-i https://index.example/simple\n")
    page = alice.get(PAGE).content.decode()
    assert "requirements.txt line 2" in page
    assert "line 3" not in page
    first = forms_in(page)[0]
    assert f'value="{URL}"' in first
    alice.post(PAGE, ADD)
    assert "requirements.txt line 2" not in alice.get(PAGE).content.decode()
    assert ProjectIndex.objects.get().role == IndexRole.EXTRA


@pytest.mark.parametrize(
    ("written", "prefilled"),
    [
        ("https://robot:s3cr3t@private.example/simple", URL),
        ("https://${USER}:${TOKEN}@private.example/simple", URL),
        ("https://${HOST}/s3cr3t", ""),
    ],
)
def test_a_login_that_a_file_gives_is_asked_for_and_never_prefilled(
    alice: Client, cast: Cast, written: str, prefilled: str
) -> None:
    take(cast, f"-i {written}\nx==1\n")
    page = alice.get(PAGE).content.decode()
    assert "?named=0#add" in page
    assert len(forms_in(page)) == 1
    form: Any = alice.get(f"{PAGE}?named=0").context["form"]
    assert form.initial == {"address": prefilled, "role": "primary"}
    shown = alice.get(f"{PAGE}?named=0").content.decode()
    assert "TOKEN" not in shown
    assert ":s3cr3t" not in shown


@pytest.mark.parametrize("named", ["7", "x", "-1", ""])
def test_a_notice_that_is_not_there_prefills_nothing(alice: Client, cast: Cast, named: str) -> None:
    take(cast, f"-i {URL}\nx==1\n")
    assert alice.get(PAGE, {"named": named}).context["form"].initial == {}


def test_a_reader_is_told_and_given_no_form(bob: Client, cast: Cast) -> None:
    take(cast, f"-i {URL}\nx==1\n")
    page = bob.get(PAGE).content.decode()
    assert "requirements.txt line 1" in page
    assert forms_in(page) == []
