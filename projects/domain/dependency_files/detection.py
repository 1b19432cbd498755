"""The format of a file, by its name if that is conclusive, else by its content."""

from __future__ import annotations

import re

from projects.domain.dependency_files import compiled
from projects.domain.dependency_files.values import Format

_NAMES = {
    "pyproject.toml": Format.PYPROJECT,
    "setup.cfg": Format.SETUP_CFG,
    "setup.py": Format.SETUP_PY,
    "pipfile": Format.PIPFILE,
    "pipfile.lock": Format.PIPFILE_LOCK,
    "poetry.lock": Format.POETRY_LOCK,
    "uv.lock": Format.UV_LOCK,
    "pdm.lock": Format.PDM_LOCK,
    "pylock.toml": Format.PYLOCK,
    "environment.yml": Format.CONDA,
    "environment.yaml": Format.CONDA,
    "bom.json": Format.CYCLONEDX,
    ".python-version": Format.HINT,
    ".tool-versions": Format.HINT,
    "runtime.txt": Format.HINT,
    "dockerfile": Format.HINT,
    "containerfile": Format.HINT,
}
_PYLOCK = re.compile(r"pylock\.[^.]+\.toml")
_WORKFLOW = re.compile(r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$|(?:^|/)\.gitlab-ci\.ya?ml$")
_CONSTRAINTS = re.compile(r"(?:^|[^a-z])constraints?(?:[^a-z]|$)")
_REQUIREMENTS = re.compile(
    r"(?:requirements?|reqs?(?![a-z])|constraints?)[^/]*\.(?:txt|in|pip)|[^/]*(?:requirements?|constraints?)\.(?:txt|in|pip)"
)
_CONDA = re.compile(r"(?:conda[^/]*|[^/]*environment[^/]*|env)\.ya?ml")
_TABLE = re.compile(r"^[ \t]{0,20}\[{1,2}[ \t]{0,20}([\w.\-\"' ]{1,100})\]{1,2}[ \t]*(?:#.*)?$", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^([\w\-]{1,40})[ \t]*=[ \t]*", re.MULTILINE)
_CONDA_TEXT = re.compile(r"^dependencies:[ \t]*$", re.MULTILINE)
_USUAL = {
    Format.PYPROJECT: "pyproject.toml",
    Format.SETUP_CFG: "setup.cfg",
    Format.PIPFILE: "Pipfile",
    Format.PIPFILE_LOCK: "Pipfile.lock",
    Format.POETRY_LOCK: "poetry.lock",
    Format.UV_LOCK: "uv.lock",
    Format.PDM_LOCK: "pdm.lock",
    Format.PYLOCK: "pylock.toml",
    Format.CYCLONEDX: "bom.json",
    Format.PIP_INSPECT: "inspect.json",
    Format.SCRIPT: "script.py",
}


def is_dependency_file(path: str) -> bool:
    """Return whether a path names a dependency file, or a file with hints of the target."""
    folder, _, name = path.lower().rpartition("/")
    if name in _NAMES or _PYLOCK.fullmatch(name) or _WORKFLOW.search(path):
        return True
    if name.startswith("dockerfile.") or name.endswith((".dockerfile", ".cdx.json")) or _CONDA.fullmatch(name):
        return True
    in_folder = folder.rpartition("/")[2] in {"requirements", "reqs", "constraints"} and name.endswith((".txt", ".in"))
    return in_folder or _REQUIREMENTS.fullmatch(name) is not None


def detect(path: str, text: str) -> Format:
    """Return the format of a file. A text that fits no other format is a requirements file."""
    lower = path.lower().replace("\\", "/")
    name = lower.rpartition("/")[2]
    named = _by_name(lower, name)
    if named is not None:
        return named
    if name.endswith(".py"):
        return _python(text)
    if text[:2_000].lstrip().startswith("{") and not text.lstrip().startswith(("{{", "{%")):
        return _json(text)
    tabular = _tabular(text)
    if tabular is not None and not name.endswith((".txt", ".in", ".pip")):
        return tabular
    if name.endswith(".cfg"):
        return Format.SETUP_CFG
    if name.endswith((".toml", ".lock")):
        return Format.UNKNOWN
    found = compiled.format_of(text)
    if found is Format.REQUIREMENTS:
        if _CONSTRAINTS.search(name):
            return Format.CONSTRAINTS
        if _looks_like_script(text):
            return Format.SCRIPT
    return found


def _by_name(path: str, name: str) -> Format | None:
    if name in _NAMES:
        return _NAMES[name]
    if _PYLOCK.fullmatch(name):
        return Format.PYLOCK
    if _WORKFLOW.search(path) or name.startswith("dockerfile.") or name.endswith(".dockerfile"):
        return Format.HINT
    return Format.CONDA if name.endswith((".yml", ".yaml")) else None


def name_for(text: str) -> str:
    """Return the usual name of a file with this text, which came without one. What fits no format is requirements."""
    if _CONDA_TEXT.search(text):
        return "environment.yml"
    return _USUAL.get(detect("", text), "requirements.txt")


def is_constraints(path: str) -> bool:
    """Return whether the name of a requirements file says that it holds constraints."""
    return _CONSTRAINTS.search(path.lower().replace("\\", "/").rpartition("/")[2]) is not None


def _python(text: str) -> Format:
    if _looks_like_script(text):
        return Format.SCRIPT
    return Format.SETUP_PY if re.search(r"\bsetup\s{0,10}\(", text) else Format.SCRIPT


def _looks_like_script(text: str) -> bool:
    return re.search(r"^# /// script[ \t]*$", text, re.MULTILINE) is not None


def _json(text: str) -> Format:
    head = text[:200_000]
    if '"bomFormat"' in head:
        return Format.CYCLONEDX
    if '"pip_version"' in head:
        return Format.PIP_INSPECT
    if '"_meta"' in head or '"pipfile-spec"' in head:
        return Format.PIPFILE_LOCK
    return Format.UNKNOWN


def _tabular(text: str) -> Format | None:
    tables = {found.strip().replace('"', "") for found in _TABLE.findall(text[:2_000_000])}
    if not tables:
        return None
    keys = set(_ASSIGNMENT.findall(text[:5_000]))
    if "packages" in tables and ("lock-version" in keys or "created-by" in keys):
        return Format.PYLOCK
    if "package" in tables:
        if "lock_version" in text or "content_hash" in text:
            return Format.PDM_LOCK
        return Format.POETRY_LOCK if "content-hash" in text or "python-versions" in text else Format.UV_LOCK
    if tables & {"options", "options.extras_require", "bdist_wheel", "pbr"} or (
        "metadata" in tables and "tool" not in text
    ):
        return Format.SETUP_CFG
    if any(
        name in {"project", "build-system", "dependency-groups"} or name.startswith(("tool.", "project."))
        for name in tables
    ):
        return Format.PYPROJECT
    if tables & {"packages", "dev-packages", "source", "requires"}:
        return Format.PIPFILE
    return None
