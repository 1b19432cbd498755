import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.webhooks.clone_urls import CloneUrl, InvalidCloneUrl, names_repository, parse_clone_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://code.example/octo/app.git", CloneUrl("https", "code.example", 443, "/octo/app.git")),
        ("https://Code.Example:8443/octo/app/", CloneUrl("https", "code.example", 8443, "/octo/app")),
        ("http://[::1]:80/a", CloneUrl("http", "::1", 80, "/a")),
        ("ssh://git@code.example:2222/octo/app", CloneUrl("ssh", "code.example", 2222, "/octo/app", "git")),
        ("git@code.example:octo/app.git", CloneUrl("ssh", "code.example", 22, "/octo/app.git", "git")),
    ],
)
def test_the_usual_forms_are_read(text: str, url: CloneUrl) -> None:
    assert parse_clone_url(text) == url
    assert parse_clone_url(str(url)) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/srv/git/app",
        "file:///srv/git/app",
        "ext::sh -c touch",
        "--upload-pack=touch",
        "git@code.example:-x",
        "ssh://-oProxyCommand=x/y",
        "git@-oProxyCommand=x:y",
        "https://code.example",
        "https://code.example/a/../b",
        "https://code.example/./b",
        "https://code.example/a?b",
        "https://code.example/a#b",
        "https://code.example/a b",
        "https://code.example/%2e%2e/b",
        "https://code.example\\@other/a",
        "https://code.example:0/a",
        "https://code.example:99999/a",
        "https://code.example/a\nb",
        "https://code.example//a",
        "ftp://code.example/a",
        "https://code.example/" + "a" * 500,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidCloneUrl):
        parse_clone_url(text)


def test_credentials_in_the_address_are_refused_with_advice_and_without_echo() -> None:
    with pytest.raises(InvalidCloneUrl, match="their own fields") as refused:
        parse_clone_url("https://alice:t0ken@code.example/a/b")
    assert "t0ken" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "name", "same"),
    [
        ("https://code.example/Octo/App.git", "octo/app", True),
        ("git@code.example:octo/app", "octo/app", True),
        ("https://code.example/scm/prj/my-repo.git", "PRJ/my-repo", True),
        ("https://code.example/org/Team/_git/app", "Team/app", True),
        ("https://code.example/g1/g2/app", "g1/g2/app", True),
        ("https://code.example/octo/app", "octo/other", False),
        ("https://code.example/xocto/app", "octo/app", False),
        ("https://code.example/octo/app", "", False),
        ("https://dev.azure.com/org/_git/App", "App/App", True),
        ("https://org.visualstudio.com/_git/App", "App/App", True),
        ("https://org.visualstudio.com/DefaultCollection/_git/App", "App/App", True),
        ("https://dev.azure.com/org/Other/_git/App", "App/App", False),
        ("https://org.visualstudio.com/Other/_git/App", "App/App", False),
        ("https://org.visualstudio.com/Other/_git/App", "Other/App", True),
        ("https://dev.azure.com/org/_git/App", "Other/App", False),
    ],
)
def test_a_full_name_is_held_against_the_address(url: str, name: str, same: bool) -> None:
    assert names_repository(parse_clone_url(url), name) is same


@given(st.text(max_size=60) | st.text(alphabet="https:/git@a.b-[]%\\", max_size=40))
def test_a_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = parse_clone_url(text)
    except InvalidCloneUrl:
        return
    assert parse_clone_url(str(url)) == url
