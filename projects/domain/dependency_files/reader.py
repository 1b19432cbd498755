"""The reader: detect the format of each file, parse it, follow includes, and mark the direct packages of locks."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from projects.domain.dependency_files import compiled, detection
from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.decoding import UndecodableFile, decode
from projects.domain.dependency_files.direct_dependencies import mark_direct
from projects.domain.dependency_files.documents import UnreadableDocument, load_json, load_toml
from projects.domain.dependency_files.hash_checking import check_hashes
from projects.domain.dependency_files.hints import read_hints
from projects.domain.dependency_files.inventories import read_cyclonedx, read_pip_inspect
from projects.domain.dependency_files.limits import MAX_FILES, MAX_INCLUDE_DEPTH, MAX_INCLUDES, MAX_TOTAL_BYTES
from projects.domain.dependency_files.pdm_lock import read_pdm_lock
from projects.domain.dependency_files.pep508 import RequirementContext
from projects.domain.dependency_files.pipfile import read_pipfile, read_pipfile_lock
from projects.domain.dependency_files.poetry_lock import read_poetry_lock
from projects.domain.dependency_files.pylock import read_pylock
from projects.domain.dependency_files.pyproject import read_pyproject
from projects.domain.dependency_files.requirements_txt import Include, read_requirements
from projects.domain.dependency_files.scripts import read_script
from projects.domain.dependency_files.setup_cfg import read_setup_cfg
from projects.domain.dependency_files.setup_py import read_setup_py
from projects.domain.dependency_files.urls import is_url
from projects.domain.dependency_files.uv_lock import read_uv_lock
from projects.domain.dependency_files.values import Format, ParsedFiles, RequirementScope, SourceFile
from projects.domain.yaml_nodes import UnreadableYaml, compose

_Loader = Callable[[str], dict[str, object]]
_DocumentReader = Callable[[ParsedFilesBuilder, dict[str, object], str, str], None]
_DOCUMENTS: dict[Format, tuple[_Loader, _DocumentReader]] = {
    Format.PIPFILE: (load_toml, read_pipfile),
    Format.POETRY_LOCK: (load_toml, read_poetry_lock),
    Format.UV_LOCK: (load_toml, read_uv_lock),
    Format.PDM_LOCK: (load_toml, read_pdm_lock),
    Format.PYLOCK: (load_toml, read_pylock),
    Format.PIPFILE_LOCK: (load_json, read_pipfile_lock),
    Format.CYCLONEDX: (load_json, read_cyclonedx),
    Format.PIP_INSPECT: (load_json, read_pip_inspect),
}
_TEXTS: dict[Format, Callable[[ParsedFilesBuilder, str, str], None]] = {
    Format.HINT: read_hints,
}
_LINES: dict[Format, Callable[[ParsedFilesBuilder, str, RequirementContext, Include], None]] = {
    Format.REQUIREMENTS: read_requirements,
    Format.CONSTRAINTS: read_requirements,
    Format.PIP_COMPILE: compiled.read_compiled,
    Format.PIP_FREEZE: compiled.read_frozen,
}


def read(files: Mapping[str, bytes], roots: Sequence[str]) -> ParsedFiles:
    """Read the `roots` and what they include, all looked up in `files` (path with "/" → bytes). Never raises.

    A file is read once, however often it is included. A file that is missing, binary, too large or not of its format
    is a problem, and so is each line or entry that is not understood; every problem has its path and line.
    """
    reading = _Reading(files)
    for root in roots:
        reading.root(root)
    reading.scripts()
    mark_direct(reading.builder)
    check_hashes(reading.builder)
    return reading.builder.build()


class _Reading:
    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.builder = ParsedFilesBuilder()
        self._files = files
        self._done: set[tuple[str, bool, RequirementScope, tuple[str, ...]]] = set()
        self._formats: dict[str, Format] = {}
        self._scripts: dict[str, str] = {}
        self._bytes = 0
        self._includes = 0

    def root(self, path: str) -> None:
        """Read a file that was named by itself; by its name it may hold constraints."""
        data = self._data(path)
        if data is None:
            self.builder.add_problem(path, None, "", "no such file")
        elif (posixpath.normpath(path), False, RequirementScope.MAIN, ()) not in self._done:
            text = self._text(path, data)
            if text is not None:
                found = detection.detect(path, text)
                constraint = detection.is_constraints(path)
                self._note(path, data, found)
                if found is Format.SCRIPT:
                    self._scripts.setdefault(path, text)
                    return
                self._read(text, found, RequirementContext(path, constraint=constraint), (path,))

    def scripts(self) -> None:
        """Read the scripts among the roots. Each has an environment of its own: only a single one is the project."""
        others = any(found not in (Format.HINT, Format.SCRIPT) for found in self._formats.values())
        for path, text in self._scripts.items():
            read_script(self.builder, text, path, apart=others or len(self._scripts) > 1)

    def _data(self, path: str) -> bytes | None:
        for candidate in (path, posixpath.normpath(path), path.replace("\\", "/")):
            try:
                return self._files[candidate]
            except (KeyError, ValueError):
                continue
        return None

    def _text(self, path: str, data: bytes) -> str | None:
        self._bytes += len(data)
        if self._bytes > MAX_TOTAL_BYTES:
            self.builder.add_unread(path, None, "", f"more than {MAX_TOTAL_BYTES:,} bytes in all: not read")
            return None
        if path not in self._formats and len(self._formats) >= MAX_FILES:
            self.builder.add_unread(path, None, "", f"more than {MAX_FILES} files: not read")
            return None
        try:
            return decode(data)
        except UndecodableFile as error:
            self._note(path, data, Format.UNKNOWN)
            self.builder.add_unread(path, None, "", error.reason)
            return None

    def _note(self, path: str, data: bytes, found: Format) -> None:
        if path not in self._formats:
            self._formats[path] = found
            self.builder.sources.append(SourceFile(path, found, hashlib.sha256(data).hexdigest()))

    def _read(self, text: str, found: Format, context: RequirementContext, stack: tuple[str, ...]) -> None:
        path = context.source
        self._done.add((posixpath.normpath(path), context.constraint, context.scope, context.groups))
        try:
            self._parse(text, found, context, stack)
        except UnreadableDocument as error:
            self.builder.add_unread(path, error.line, "", str(error))
        except UnreadableYaml as error:
            self.builder.add_unread(path, error.line, "", f"not readable as YAML: {error}")

    def _parse(self, text: str, found: Format, context: RequirementContext, stack: tuple[str, ...]) -> None:
        builder, path = self.builder, context.source

        def include(target: str, line: int | None, constraint: bool) -> None:
            self._include(target, line, replace(context, constraint=constraint), stack)

        def include_file(target: str, line: int | None, of: RequirementContext) -> None:
            self._include(target, line, of, stack)

        if found in _DOCUMENTS:
            load, read_document = _DOCUMENTS[found]
            read_document(builder, load(text), text, path)
        elif found in _TEXTS:
            _TEXTS[found](builder, text, path)
        elif found in _LINES:
            _LINES[found](builder, text, context, include)
        elif found is Format.PYPROJECT:
            read_pyproject(builder, load_toml(text), text, path, include_file)
        elif found is Format.SETUP_PY:
            read_setup_py(builder, text, path, include_file)
        elif found is Format.SETUP_CFG:
            read_setup_cfg(builder, text, path, include_file)
        elif found is Format.CONDA:
            # Not at the top: it needs PyYAML.
            from projects.domain.dependency_files.conda import read_conda

            read_conda(builder, compose(text), path, include)
        else:
            raise UnreadableDocument("not a dependency file of a known format")

    def _include(self, target: str, line: int | None, context: RequirementContext, stack: tuple[str, ...]) -> None:
        source = stack[-1]
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            if self._includes == MAX_INCLUDES + 1:
                self.builder.add_problem(source, line, target, f"more than {MAX_INCLUDES:,} includes: not followed")
            return
        if is_url(target):
            self.builder.add_unread(source, line, target, "an include from a URL is not followed")
            return
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        data = self._data(path)
        if data is None and "\\" in target:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target.replace("\\", "/")))
            data = self._data(path)
        if data is None:
            message = "the included file does not exist"
            self.builder.add_problem(source, line, target, message, unread=not context.constraint)
        elif path in map(posixpath.normpath, stack):
            self.builder.add_problem(source, line, target, "the files include each other")
        elif len(stack) > MAX_INCLUDE_DEPTH:
            self.builder.add_unread(source, line, target, f"includes go deeper than {MAX_INCLUDE_DEPTH} files")
        elif (path, context.constraint, context.scope, context.groups) not in self._done:
            text = self._text(path, data)
            if text is None:
                return
            found = compiled.format_of(text)
            if found is Format.REQUIREMENTS and context.constraint:
                found = Format.CONSTRAINTS
            self._note(path, data, found)
            self._read(text, found, replace(context, source=path), (*stack, path))
