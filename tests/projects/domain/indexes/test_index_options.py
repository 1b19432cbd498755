"""Which indexes pip would ask, from the command line and the lines of the files."""

from collections.abc import Sequence

import pytest

from projects.domain.dependency_files import ParsedFiles, read
from projects.domain.indexes.index_options import InvalidIndexOption, effective_indexes, not_followed

P, E = "https://primary.example/simple", "https://extra.example/simple"
A, B, C = (f"https://{name}.example/simple" for name in "abc")


def parsed(text: str, name: str = "requirements.txt", **more: str) -> ParsedFiles:
    files = {name: text.encode(), **{path.replace("_", "."): content.encode() for path, content in more.items()}}
    return read(files, [name])


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("six\n", [P, E]),
        (f"--extra-index-url {A}/\nsix\n--extra-index-url={B}\n", [P, E, A, B]),
        (f"-i {A}\nsix\n", [A]),
        (f"--extra-index-url {B}\n--index-url {A}\n", [A]),
        (f"--index-url {A}\n--extra-index-url {B}\n", [A, B]),
        # Of one line the index comes first, wherever it stands.
        (f"--extra-index-url {B} --index-url {A}\n", [A, B]),
        (f"--extra-index-url {E}\n--extra-index-url {P}/\n", [P, E]),
        (f"-i {A}\n-r other.txt\n", [A, C]),
    ],
)
def test_the_lines_of_the_files_take_effect_in_order_after_the_command_line(text: str, urls: Sequence[str]) -> None:
    found = effective_indexes(P, [E], [], parsed(text, other_txt=f"--extra-index-url {C}\n"), {})
    assert list(found.urls) == urls


def test_variables_are_expanded_from_the_environment_and_no_note_tells_them() -> None:
    files = parsed("--extra-index-url https://${USER_NAME}:${TOKEN}@private.example/simple\nsix\n")
    found = effective_indexes(P, [], [], files, {"USER_NAME": "robot", "TOKEN": "s3cret"})
    assert found.urls == (P, "https://robot:s3cret@private.example/simple")
    assert found.notes == ("requirements.txt:1: https://private.example/simple is used as well",)


@pytest.mark.parametrize(
    ("text", "environment", "message"),
    [
        (
            "six\n--index-url https://${TOKEN}@private.example/simple\n",
            {"TOKEN": ""},
            "requirements.txt:2: --index-url needs the environment variable TOKEN, which is not set",
        ),
        (
            "--extra-index-url https://${TOKEN}@private.example/simple\n",
            {"TOKEN": "to/ken"},
            "requirements.txt:1: --extra-index-url cannot be used: ",
        ),
    ],
)
def test_an_index_that_cannot_be_asked_is_refused_with_its_place(
    text: str, environment: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidIndexOption) as refused:
        effective_indexes(P, [], [], parsed(text), environment)
    assert str(refused.value).startswith(message)
    assert "to/ken" not in str(refused.value)


def test_extra_indexes_of_pips_configuration_come_before_those_of_the_command_line_and_one_on_a_disk_is_noted() -> None:
    found = effective_indexes(P, ["file:///srv/simple", B], [A], parsed("six\n"), {})
    assert found.urls == (P, B, A)
    assert found.notes == (
        "pip's extra index file:///srv/simple is not used: an index address starts with http:// or https://",
    )


def test_an_index_of_another_tool_is_told_and_not_asked() -> None:
    found = effective_indexes(
        P, [], [], parsed(f'[[source]]\nname = "own"\nurl = "{A}"\n[packages]\nsix = "*"\n', "Pipfile"), {}
    )
    assert found.urls == (P,)
    assert [A in note and "is not used" in note for note in found.notes] == [True]


def test_lines_that_would_take_packages_from_elsewhere_are_problems_with_their_place() -> None:
    found = not_followed(parsed("--no-index\nsix\n-f ./wheels\n"))
    assert [(one.line, one.message.partition(":")[0]) for one in found] == [
        (1, "--no-index is ignored"),
        (3, "--find-links is ignored"),
    ]
