"""`manage.py targets`: slugs and names, all of them or those of one name."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scanner.domain.targets.names import named_targets

GRAALPY = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_14_0_arm64", "win_amd64")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("targets", *arguments, stdout=out)
    return out.getvalue()


def test_the_table_lists_every_target_with_its_names() -> None:
    lines = run().splitlines()
    assert len(lines) == len(named_targets()) + 3
    assert "cp313-manylinux_2_41_x86_64" in "\n".join(lines)
    assert any(line.startswith("cp314-musllinux_1_2_aarch64") and "3.14 on alpine-arm64" in line for line in lines)


def test_json_has_the_same() -> None:
    listed = json.loads(run("--format", "json"))["targets"]
    assert [one["slug"] for one in listed] == [one.target.slug for one in named_targets()]
    slim = next(one for one in listed if "python:3.13-slim" in one["aliases"])
    assert (slim["name"], slim["label"]) == ("3.13 on debian-13", "Python 3.13 on Linux x86-64 (glibc 2.41)")


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("lambda-3.13", ["cp313-manylinux_2_34_x86_64"]),
        ("3.14 on Ubuntu 24.04", ["cp314-manylinux_2_39_x86_64"]),
        ("3.14 on manylinux_2_30_x86_64", ["cp314-manylinux_2_30_x86_64"]),
        ("graalpy311-", [f"graalpy311-{one}" for one in GRAALPY]),
    ],
)
def test_a_name_or_a_part_of_one_narrows_the_list(name: str, slugs: list[str]) -> None:
    assert [one["slug"] for one in json.loads(run(name, "--format", "json"))["targets"]] == slugs


def test_a_name_of_nothing_is_bad_usage() -> None:
    with pytest.raises(CommandError, match="the nearest are ubuntu") as error:
        run("ubunut-24.04")
    assert error.value.returncode == 2
