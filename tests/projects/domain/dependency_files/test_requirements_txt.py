"""requirements.txt in full: what each line gives, and what each bad line says."""

import pytest

from projects.domain.dependency_files import ParsedRequirement, RequirementOrigin, read
from tests.projects.domain.dependency_files.one_file import requirements_txt

SHA = "0" * 64


def only(content: str) -> ParsedRequirement:
    parsed = requirements_txt(content)
    assert parsed.problems == ()
    assert len(parsed.requirements) == 1
    return parsed.requirements[0]


@pytest.mark.parametrize(
    ("line", "name", "specifier", "extras", "marker", "pinned"),
    [
        ("Flask", "flask", "", (), None, None),
        ("zope.interface==5.0", "zope-interface", "==5.0", (), None, "5.0"),
        ("a_b.C===1.0-weird", "a-b-c", "===1.0-weird", (), None, "1.0-weird"),
        ("six (>=1.9, <2)", "six", "<2,>=1.9", (), None, None),
        ("x[ b, a ]~=2.1", "x", "~=2.1", ("a", "b"), None, None),
        ("x==1.*", "x", "==1.*", (), None, None),
        ("x==1!2.0.post1+local.7", "x", "==1!2.0.post1+local.7", (), None, "1!2.0.post1+local.7"),
        ("x>=1;python_version<'3.9'", "x", ">=1", (), 'python_version < "3.9"', None),
        ("x ; extra == 'y' and os_name=='nt'", "x", "", (), 'extra == "y" and os_name == "nt"', None),
        ("x==1  # a comment", "x", "==1", (), None, "1"),
        ("x==1,", "x", "==1", (), None, "1"),
    ],
)
def test_a_requirement_is_normalised(
    line: str, name: str, specifier: str, extras: tuple[str, ...], marker: str | None, pinned: str | None
) -> None:
    found = only(line)
    assert (found.name, found.specifier, found.extras, found.marker, found.pinned) == (
        name,
        specifier,
        extras,
        marker,
        pinned,
    )
    assert (found.origin, found.direct, found.constraint, found.line) == (RequirementOrigin.INDEX, True, False, 1)


@pytest.mark.parametrize(
    ("line", "name", "specifier", "origin", "url"),
    [
        ("pip @ https://files.example/pip-9.0-py3-none-any.whl", "pip", "", RequirementOrigin.URL, None),
        ("https://files.example/x/My_Pkg-1.2-1-py3-none-any.whl", "my-pkg", "==1.2", RequirementOrigin.URL, None),
        ("https://files.example/x/pkg-1.2.tar.gz#sha256=ab", "pkg", "==1.2", RequirementOrigin.URL, None),
        (
            "git+https://git.example/o/r.git@v1.0#egg=My.Pkg[x]&subdirectory=s",
            "my-pkg",
            "",
            RequirementOrigin.VCS,
            None,
        ),
        ("git+ssh://git@git.example/o/r#egg=pkg", "pkg", "", RequirementOrigin.VCS, None),
        ("pkg@git+https://git.example/o/r@main", "pkg", "", RequirementOrigin.VCS, "git+https://git.example/o/r@main"),
        ("-e git://git.example/o/r#egg=pkg", "pkg", "", RequirementOrigin.VCS, "git+git://git.example/o/r#egg=pkg"),
        ("./wheels/numpy-1.9.2-cp34-none-win32.whl", "numpy", "==1.9.2", RequirementOrigin.PATH, None),
        ("file:///srv/pkg-3.tar.gz", "pkg", "==3", RequirementOrigin.PATH, None),
        ("foo @ file://../foo", "foo", "", RequirementOrigin.PATH, None),
    ],
)
def test_a_direct_reference_tells_its_name_and_origin(
    line: str, name: str, specifier: str, origin: RequirementOrigin, url: str | None
) -> None:
    found = only(line)
    assert (found.name, found.specifier, found.origin) == (name, specifier, origin)
    assert url is None or found.url == url
    assert found.editable == line.startswith("-e")


@pytest.mark.parametrize(
    ("line", "origin", "extras"),
    [
        ("-e .", RequirementOrigin.PATH, ()),
        ("-e ./lib[d,dev]", RequirementOrigin.PATH, ("d", "dev")),
        (".", RequirementOrigin.PATH, ()),
        ("../other", RequirementOrigin.PATH, ()),
        ("git+https://git.example/o/r", RequirementOrigin.VCS, ()),
        ("https://git.example/archive/main.zip", RequirementOrigin.URL, ()),
    ],
)
def test_what_has_no_name_is_kept_apart_and_told_as_not_judged(
    line: str, origin: RequirementOrigin, extras: tuple[str, ...]
) -> None:
    parsed = requirements_txt(f"six\n{line}\n")
    assert [one.name for one in parsed.requirements] == ["six"]
    assert [(one.origin, one.extras, one.line) for one in parsed.unnamed] == [(origin, extras, 2)]
    assert [(one.line, "not judged" in one.message) for one in parsed.problems] == [(2, True)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("==1.0", "not a valid requirement"),
        ("x==", "not a valid requirement"),
        ("x>=1.0-bad-version!", "not a valid requirement"),
        ("x y", "not a valid requirement"),
        ("x ; python_versoin < '3'", "not a valid requirement"),
        ("-x y", "knows no option -x"),
        ("--unheard-of", "knows no option --unheard-of"),
        ("x --install-option=--prefix", "has dropped --install-option"),
        ("x --hash=md5:00", "sha256"),
        ("x --hash", "needs a value"),
        ("--pre=1", "takes no value"),
        ("--no-b", "needs a value"),
        ("--no", "ambiguous"),
        ("--use-feature=2020-resolver", "no feature '2020-resolver'"),
        ("-e 'unclosed", "cannot be split"),
        ("{{ cookiecutter.dep }}", "template"),
        ("pkg-${NAME}==1", "environment variable NAME"),
        ("https://${HOST}/main.zip", "environment variable HOST"),
        ("-r https://index.example/r.txt", "from a URL is not followed"),
        ("-r missing.txt", "does not exist"),
        ("-r requirements.txt", "include each other"),
        ("import os", "not a valid requirement"),
        ("$ pip install http://files.example/x-1.tar.gz", "neither a valid requirement nor a path"),
        ("a" * 9_000, "longer than"),
        ("a" * 201, "a name of more than"),
        ("x==1" + ".1" * 60, "a version of more than"),
    ],
)
def test_a_bad_line_is_one_problem_with_its_place_and_the_rest_counts(line: str, message: str) -> None:
    parsed = requirements_txt(f"# head\nfirst==1\n\n{line}\nlast==2\n")
    assert [one.name for one in parsed.requirements] == ["first", "last"]
    assert [(one.path, one.line) for one in parsed.problems] == [("requirements.txt", 4)]
    assert message in parsed.problems[0].message


def test_a_continued_line_has_the_number_of_its_first_physical_line() -> None:
    parsed = requirements_txt(
        f"a==1 \\\n    --hash=sha256:{SHA} \\\n    --hash=sha512:ab\nb==2 \\\n  # a comment ends it\nc\\\n"
    )
    assert [(one.name, one.line, len(one.hashes)) for one in parsed.requirements] == [
        ("a", 1, 2),
        ("b", 4, 0),
        ("c", 6, 0),
    ]


def test_options_are_kept_as_data() -> None:
    parsed = requirements_txt(
        "-i https://index.example/simple\n--extra-index https://more.example/simple\n-f wheels --pre\n"
        "--no-binary=:all:\n--only-binary numpy\n--require-hashes\n--trusted-host index.example\n"
    )
    assert [(one.name, one.value, one.line) for one in parsed.options] == [
        ("index-url", "https://index.example/simple", 1),
        ("extra-index-url", "https://more.example/simple", 2),
        ("find-links", "wheels", 3),
        ("pre", "", 3),
        ("no-binary", ":all:", 4),
        ("only-binary", "numpy", 5),
        ("require-hashes", "", 6),
        ("trusted-host", "index.example", 7),
    ]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://user:s3cret@index.example/simple",
        "--index-url https://s3cret@index.example/simple",
        "x @ https://user:s3cret@files.example/x-1.tar.gz",
        "git+https://s3cret@git.example/o/r#egg=x",
        "https://files.example/x-1.tar.gz?sig=s3cret&a=b",
        "-e git+ssh://git:s3cret@git.example/o/r#egg=x",
        "https://user:s3cret@files.example/nameless",
        "x == https://user:s3cret@files.example/",
        "-r https://user:s3cret@files.example/r.txt",
        "x @ https://user:pa/s3cret@files.example/x-1.tar.gz",
    ],
)
def test_credentials_are_never_shown(line: str) -> None:
    assert "s3cret" not in repr(requirements_txt(line))


def test_environment_variables_in_a_url_stay_as_they_are() -> None:
    found = only("x @ https://files.example/${TOKEN}/x-1.tar.gz")
    assert found.url == "https://files.example/${TOKEN}/x-1.tar.gz"


def test_a_missing_file_is_a_problem() -> None:
    assert [one.message for one in read({}, ["r.txt"]).problems] == ["no such file"]


def test_a_flood_of_problems_ends_with_one_that_says_so() -> None:
    parsed = requirements_txt("==\n" * 5_000)
    assert len(parsed.problems) == 1_001
    assert "more than" in parsed.problems[-1].message


def test_a_package_that_conda_built_on_its_own_disk_comes_from_a_path() -> None:
    """Test `pip freeze` in a conda environment: such a line names no release of an index."""
    (one,) = requirements_txt("numpy @ file:///home/conda/feedstock_root/build_artifacts/numpy_17/work\n").requirements
    assert (one.name, one.specifier, one.pinned, one.origin) == ("numpy", "", None, RequirementOrigin.PATH)
