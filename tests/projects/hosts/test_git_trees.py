from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from projects.hosts.git_trees import TreeEntry, TreeReader, parse_tree

COMMIT = "c" * 40


def row(mode: str, name: str, oid: str) -> bytes:
    return f"{mode} {name}\0".encode() + bytes.fromhex(oid)


def test_a_tree_object_is_read_row_by_row() -> None:
    content = row("40000", "base", "a" * 40) + row("100755", "ü", "b" * 40)
    assert parse_tree(content, 20) == {"base": TreeEntry("40000", "a" * 40), "ü": TreeEntry("100755", "b" * 40)}


def test_rows_that_no_path_can_spell_are_left_out() -> None:
    content = row("40000", "..", "a" * 40) + row("100644", "x/y", "b" * 40) + row("100644", "ok", "c" * 40)
    assert list(parse_tree(content + b"100644 cut\0abc", 20)) == ["ok"]


def test_ids_of_sha256_repositories_are_longer() -> None:
    assert parse_tree(row("100644", "a", "d" * 64), 32)["a"].oid == "d" * 64


@given(st.binary(max_size=120))
def test_no_tree_object_raises(content: bytes) -> None:
    parse_tree(content, 20)


@given(st.text(alphabet="ab./", max_size=12), st.text(alphabet="ab./", max_size=8))
def test_no_path_and_no_link_raises_or_runs_for_ever(path: str, target: str) -> None:
    trees = {
        "1" * 40: row("40000", "a", "2" * 40) + row("120000", "b", "3" * 40),
        "2" * 40: row("100644", "a", "4" * 40) + row("120000", "b", "3" * 40),
        COMMIT: b"tree " + b"1" * 40 + b"\n",
    }

    def read(oids: Sequence[str]) -> dict[str, bytes]:
        return {oid: trees[oid] for oid in oids}

    reader = TreeReader(COMMIT, read, lambda oids: dict.fromkeys(oids, target.encode()))
    entry = reader.locate(path)
    assert entry is None or entry.oid == "4" * 40


def test_what_is_no_commit_holds_no_path() -> None:
    reader = TreeReader(COMMIT, lambda oids: dict.fromkeys(oids, b"tree"), lambda _: {})
    assert reader.locate("a") is None
    assert reader.paths(levels=2) == []


def test_names_that_cannot_be_stored_are_not_offered_and_long_paths_are_not_there() -> None:
    tree = b"".join(
        b"100644 " + name + b"\0" + b"\x44" * 20 for name in (b"a\xff.txt", b"b\n.txt", b"ok.txt", b"x" * 301)
    )
    objects = {COMMIT: b"tree " + b"1" * 40 + b"\n", "1" * 40: tree}
    reader = TreeReader(COMMIT, lambda oids: {oid: objects[oid] for oid in oids}, lambda _: {})
    assert reader.paths(levels=1) == ["ok.txt"]
    assert reader.locate("x" * 301) is None
