"""One patch for the whole move to a target: what a plan writes into the dependency files, and the places."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.dependency_files.joined_files import path_in
from projects.domain.python_places.moves import PlaceMove, not_moved, place_moves
from projects.domain.python_places.read import may_name_python, read_places
from projects.domain.python_places.values import PythonPlace
from projects.domain.rewriting.edits import apply_edits
from projects.domain.rewriting.exports import patch

REQUIREMENTS = "requirements"


class FileMove(Struct, frozen=True):
    """One file that changes. `is_planned`: the plan changes its requirements; `moves` are those of its places."""

    path: str
    before: str
    after: str
    is_planned: bool
    moves: tuple[PlaceMove, ...]

    @property
    def patch(self) -> str:
        """The change as a unified diff."""
        return patch(self.path, self.before, self.after)

    @property
    def reverse(self) -> str:
        """The change taken back."""
        return patch(self.path, self.after, self.before)


class WholeMove(Struct, frozen=True):
    """The files that change, in order, and the first place of each file that must be changed by hand."""

    files: tuple[FileMove, ...]
    by_hand: tuple[PythonPlace, ...]

    def below(self, folder: str) -> WholeMove:
        """Return the part of the files below a folder, with their paths in it; with "" all of it."""
        files = [(path_in(folder, one.path), one) for one in self.files]
        places = [(path_in(folder, one.path), one) for one in self.by_hand]
        return WholeMove(
            tuple(replace(one, path=path) for path, one in files if path is not None),
            tuple(replace(one, path=path) for path, one in places if path is not None),
        )


class MoveSource(Struct, frozen=True):
    """What a move to CPython 3.`minor` is made of; None leaves all places as they are.

    - texts: the files that may change, by path; planned: those that the plan rewrites, as it does.
    - places: those of the texts; the places of a file without a text are left to people.
    """

    texts: Mapping[str, str]
    planned: Mapping[str, str]
    places: Sequence[PythonPlace]
    minor: int | None


def whole_move(source: MoveSource, skipped: Collection[str] = ()) -> WholeMove:
    """Return the move of these files.

    - skipped: what is left as it is: "requirements", the kind of a place, a path, or a path with its line ("a.yml:3").
    """
    texts, minor = source.texts, source.minor
    is_left = frozenset(skipped)
    plan = {
        path: text
        for path, text in source.planned.items()
        if REQUIREMENTS not in is_left and path not in is_left and text != texts.get(path, "")
    }
    base = {**texts, **plan}
    # The plan may have moved lines.
    again = read_places({path: text.encode() for path, text in plan.items() if may_name_python(path)})
    now = sorted([*(place for place in source.places if place.path not in plan), *again])
    known = [place for place in now if place.path in base]
    moves = [] if minor is None else place_moves(known, base, minor)
    moves = [move for move in moves if not _names(move.place) & is_left]
    files = []
    for path in sorted(base):
        mine = tuple(move for move in moves if move.place.path == path)
        after = apply_edits(base[path], (move.edit for move in mine))
        if after != texts.get(path, ""):
            files.append(FileMove(path, texts.get(path, ""), after, path in plan, mine))
    by_hand = [] if minor is None else not_moved(now, minor, base)
    return WholeMove(tuple(files), tuple(place for place in by_hand if not _names(place) & is_left))


def _names(place: PythonPlace) -> set[str]:
    return {place.kind.value, place.path, f"{place.path}:{place.line}"}
