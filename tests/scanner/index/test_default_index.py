"""Which index is asked by default: what pip on this machine would use."""

from pathlib import Path

import pytest
from pip._internal.models.index import PyPI

from scanner.index.default_index import (
    InvalidPipConfiguration,
    default_extra_index_urls,
    default_index_url,
)


@pytest.fixture
def pip_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty pip configuration file, the only one that pip reads beside the environment."""
    path = tmp_path / "pip.conf"
    path.write_text("")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    return path


def test_without_configuration_it_is_pips_own_constant(pip_conf: Path) -> None:
    assert default_index_url() == PyPI.simple_url.rstrip("/")


def test_a_file_that_changes_is_read_again(pip_conf: Path) -> None:
    for host in ("one", "another"):
        pip_conf.write_text(f"[global]\nindex-url = https://{host}.example/simple\n")
        assert [default_index_url(), default_index_url()] == [f"https://{host}.example/simple"] * 2
    pip_conf.unlink()
    assert default_index_url() == PyPI.simple_url.rstrip("/")


def test_the_environment_wins_over_every_file(pip_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_conf.write_text("[global]\nindex-url = https://global.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/simple/")
    assert default_index_url() == "https://environment.example/simple"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("[global]\nindex-url = https://global.example/simple/\n", "https://global.example/simple"),
        ("[global]\nindex_url = https://global.example/simple\n", "https://global.example/simple"),
        ("[install]\nindex-url = https://install.example/simple\n", "https://install.example/simple"),
        (
            "[global]\nindex-url = https://global.example/simple\n[install]\nindex-url = https://install.example/s\n",
            "https://install.example/s",
        ),
        ("[download]\nindex-url = https://download.example/s\n", None),
        ("[global]\nindex-url =\n", None),
    ],
)
def test_a_configuration_file_names_the_index(pip_conf: Path, text: str, url: str | None) -> None:
    pip_conf.write_text(text)
    assert default_index_url() == (url or PyPI.simple_url.rstrip("/"))


@pytest.mark.parametrize(
    ("text", "environment", "urls"),
    [
        ("", None, []),
        ("[global]\nextra-index-url = https://a.example/s/\n", None, ["https://a.example/s"]),
        ("[global]\nextra-index-url =\n  https://a.example/s\n  https://b.example/s\n", None, ["a", "b"]),
        (
            "[global]\nextra-index-url = https://a.example/s\n[install]\nextra-index-url = https://b.example/s\n",
            None,
            ["b"],
        ),
        ("[global]\nextra-index-url = https://a.example/s\n", "https://c.example/s  https://d.example/s", ["c", "d"]),
    ],
)
def test_extra_indexes_come_from_the_first_place_that_names_any(
    pip_conf: Path, monkeypatch: pytest.MonkeyPatch, text: str, environment: str | None, urls: list[str]
) -> None:
    pip_conf.write_text(text)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    if environment is not None:
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", environment)
    assert default_extra_index_urls() == [url if "/" in url else f"https://{url}.example/s" for url in urls]


def test_a_configuration_that_pip_cannot_read_is_told_and_not_guessed_around(pip_conf: Path) -> None:
    pip_conf.write_text("[global\nindex-url")
    with pytest.raises(InvalidPipConfiguration, match="cannot be read"):
        default_index_url()
