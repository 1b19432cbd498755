"""Texts that are read as a dependency file, with files beside it."""

from projects.domain.dependency_files import ParsedFiles, read


def one_file(path: str, content: str, **others: str) -> ParsedFiles:
    """Read one file. others: files that it may include, `sub__base_txt` for sub/base.txt."""
    files = {path: content.encode()}
    files |= {name.replace("__", "/").replace("_txt", ".txt"): other.encode() for name, other in others.items()}
    return read(files, [path])


def requirements_txt(content: str, **others: str) -> ParsedFiles:
    return one_file("requirements.txt", content, **others)


def pyproject(content: str, **others: str) -> ParsedFiles:
    return one_file("pyproject.toml", content, **others)
