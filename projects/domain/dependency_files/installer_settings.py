"""The settings of uv, PDM and Pipenv that change which files or versions are taken, as options of the files.

`projects.domain.assessment.file_choices` follows them. A setting that is not followed is a problem at its line.
"""

from __future__ import annotations

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers

_FLAGS = ("no-build", "no-binary")
_LISTS = ("no-build-package", "no-binary-package", "no-binary", "only-binary")
_WORDS = ("prerelease", "resolution", "exclude-newer")
# Values of `_WORDS` that change nothing in what is judged.
_FOLLOWED = {
    "prerelease": {"allow", "if-necessary", "if-necessary-or-explicit"},
    "resolution": {"highest"},
}
_NOT_FOLLOWED = {
    "prerelease": "not followed: pre-releases count as PEP 440 says",
    "resolution": "not followed: the newest versions are judged",
    "exclude-newer": "not followed: releases of later dates count too",
    "dependency-metadata": "not followed: the metadata of the index count",
    "excludes": "not followed: these packages are judged too",
    "exclude-dependencies": "not followed: these packages are judged too",
}


def read_uv_settings(builder: ParsedFilesBuilder, uv: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read the settings of [tool.uv] and of [tool.uv.pip]."""
    for header, settings in (("tool.uv", uv), ("tool.uv.pip", table(uv.get("pip")))):
        for key in _FLAGS:
            if settings.get(key) is True:
                builder.add_option(key, "true", path, lines.key(header, key))
        for key in _LISTS:
            listed = settings.get(key)
            for name in strings(listed) if isinstance(listed, list) else ():
                builder.add_option(key, name, path, lines.text(name, header, key))
        for key in _WORDS:
            value = string(settings.get(key))
            if value:
                builder.add_option(key, value, path, lines.key(header, key))
                if value not in _FOLLOWED.get(key, ()):
                    builder.add_problem(path, lines.key(header, key), f'{key} = "{value}"', _NOT_FOLLOWED[key])
        for key in ("dependency-metadata", "exclude-dependencies"):
            if settings.get(key):
                builder.add_problem(path, lines.key(header, key), key, _NOT_FOLLOWED[key])


def read_pdm_settings(builder: ParsedFilesBuilder, pdm: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read the settings of [tool.pdm.resolution], and the older form of one of them."""
    header = "tool.pdm.resolution"
    if get_in(pdm, "resolution", "allow-prereleases") is True:
        builder.add_option("prerelease", "allow", path, lines.key(header, "allow-prereleases"))
    elif pdm.get("allow_prereleases") is True:
        builder.add_option("prerelease", "allow", path, lines.key("tool.pdm", "allow_prereleases"))
    if get_in(pdm, "resolution", "excludes"):
        builder.add_problem(path, lines.key(header, "excludes"), "excludes", _NOT_FOLLOWED["excludes"])


def read_pipenv_settings(
    builder: ParsedFilesBuilder, document: dict[str, object], path: str, lines: TomlLineNumbers
) -> None:
    """Read the settings of [pipenv]."""
    if get_in(document, "pipenv", "allow_prereleases") is True:
        builder.add_option("prerelease", "allow", path, lines.key("pipenv", "allow_prereleases"))
