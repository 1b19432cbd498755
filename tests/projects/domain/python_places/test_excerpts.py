"""Excerpts of files: enough for the patch of their places, and nothing else."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from projects.domain.python_places.excerpts import FileExcerpt, excerpts
from projects.domain.python_places.read import read_places
from projects.domain.python_places.whole_move import MoveSource, whole_move

OTHER_LINES = st.lists(st.sampled_from(["RUN make", "", "COPY . .\r", "# a line"]), max_size=12)


@settings(max_examples=40)
@given(before=OTHER_LINES, between=OTHER_LINES, after=OTHER_LINES, ends_with_newline=st.booleans())
def test_the_patch_made_from_excerpts_is_that_of_the_whole_files(
    before: list[str], between: list[str], after: list[str], ends_with_newline: bool
) -> None:
    lines = [*before, "FROM python:3.11-slim AS base", *between, "FROM python:3.11", *after]
    texts = {"Dockerfile": "\n".join(lines) + ("\n" if ends_with_newline else "")}
    places = read_places({"Dockerfile": texts["Dockerfile"].encode()})
    stored = json.loads(json.dumps([one.to_json() for one in excerpts(texts, places)]))
    kept = {one.path: one.text for one in map(FileExcerpt.from_json, stored)}
    whole, part = (whole_move(MoveSource(given, {}, places, 14)) for given in (texts, kept))
    assert part.files[0].patch == whole.files[0].patch
    assert part.files[0].reverse == whole.files[0].reverse


def test_only_the_lines_around_places_are_kept() -> None:
    text = "secret\n" * 9 + "FROM python:3.11\n" + "secret\n" * 9
    (excerpt,) = excerpts({"Dockerfile": text}, read_places({"Dockerfile": text.encode()}))
    assert sorted(excerpt.lines) == [7, 8, 9, 10, 11, 12, 13, 20]


def test_a_file_with_a_login_near_a_place_is_not_kept() -> None:
    text = "FROM python:3.11\nRUN pip install -i https://user:word@index.example/simple x\n"
    places = read_places({"Dockerfile": text.encode()})
    assert excerpts({"Dockerfile": text}, places) == []
    assert whole_move(MoveSource({}, {}, places, 14)).by_hand == tuple(places)
