"""Files that a requirements.txt includes, and files of constraints."""

from projects.domain.dependency_files import read
from tests.projects.domain.dependency_files.one_file import requirements_txt


def test_includes_and_constraints_are_followed_relative_to_the_including_file() -> None:
    parsed = requirements_txt(
        "-r sub/base.txt\n-cconstraints.txt\ntop\n",
        sub__base_txt="--requirement=deep.txt\nbase\n",
        sub__deep_txt="deep\n",
        constraints_txt="base<3\n",
    )
    assert [(one.name, one.source, one.constraint) for one in parsed.requirements] == [
        ("deep", "sub/deep.txt", False),
        ("base", "sub/base.txt", False),
        ("base", "constraints.txt", True),
        ("top", "requirements.txt", False),
    ]
    assert [source.path for source in parsed.sources] == [
        "requirements.txt",
        "sub/base.txt",
        "sub/deep.txt",
        "constraints.txt",
    ]
    assert parsed.problems == ()


def test_a_circle_is_told_once_where_it_closes() -> None:
    parsed = requirements_txt("-r b.txt\na\n", b_txt="-r requirements.txt\nb\n")
    assert [one.name for one in parsed.requirements] == ["b", "a"]
    assert [(one.path, one.line) for one in parsed.problems] == [("b.txt", 1)]


def test_a_file_that_two_files_include_is_read_once() -> None:
    parsed = requirements_txt("-r b.txt\n-r c.txt\n", b_txt="-r d.txt\n", c_txt="-r d.txt\n", d_txt="d\n")
    assert [one.name for one in parsed.requirements] == ["d"]


def test_includes_end_at_a_bounded_depth() -> None:
    files = {f"{number}.txt": f"-r {number + 1}.txt\nx{number}\n".encode() for number in range(40)}
    parsed = read(files, ["0.txt"])
    assert "deeper than" in parsed.problems[0].message
    assert len(parsed.requirements) < 40


def test_a_constraints_file_by_itself_only_limits() -> None:
    parsed = read({"constraints.txt": b"a<2\nb[x]<3\n"}, ["constraints.txt"])
    assert [(one.name, one.constraint, one.extras) for one in parsed.requirements] == [
        ("a", True, ()),
        ("b", True, ()),
    ]
    assert ["extras" in one.message for one in parsed.problems] == [True]
