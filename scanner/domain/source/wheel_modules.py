"""Which modules a wheel brings, by the paths in its archive: facts, where the name of a package is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from scanner.domain.source.python_file import with_parents

_SOURCES = (".py", ".pyc", ".pyi", ".so", ".pyd")
_DEEPEST = 8
# The file with which setuptools keeps distutils importable.
_HARMLESS_PTH = "distutils-precedence.pth"


class BroughtModules(Struct, frozen=True):
    """The modules of one archive: regular packages and single modules, by dotted names.

    Of a namespace package the parts are listed: "google.cloud.storage". `adds_folders`: a file of the archive adds
    folders to the path of imports; then `names` has what any of its folders may bring. `has_entry_points`: it is a
    command, a plugin that another package loads, or something that each start of Python runs.
    """

    names: frozenset[str] = frozenset()
    adds_folders: bool = False
    has_entry_points: bool = False

    def bring(self, module: str, taken: Collection[str] = ()) -> bool:
        """Return whether an import of this module, or of these names of it, finds something here."""
        wanted = [module, *(f"{module}.{name}" for name in taken)]
        if any(name in self.names for one in wanted for name in with_parents(one)):
            return True
        # Each part of a namespace package brings the package itself.
        return not taken and any(name.startswith(f"{module}.") for name in self.names)


def brought_modules(paths: Iterable[str]) -> BroughtModules:
    """Return the modules among the paths of a wheel."""
    listed = list(paths)
    files = [path for path in map(_installed_path, listed) if path]
    regular = {path.rpartition("/")[0] for path in files if path.endswith(("/__init__.py", "/__init__.pyi"))}
    regular |= {path.rpartition("/")[0] for path in files if _stem(path) == "__init__"}
    has_pth = any("/" not in path and path.endswith(".pth") and path != _HARMLESS_PTH for path in files)
    loose: set[str] = set()
    found: set[str] = set()
    for path in files:
        stem = _stem(path)
        if stem is None:
            continue
        folders = path.split("/")[:-1]
        if len(folders) > _DEEPEST:
            continue
        ends = (end for end in range(1, len(folders) + 1) if "/".join(folders[:end]) in regular)
        end = next(ends, 0)
        found.add(".".join(folders[:end] or [*folders, stem]))
        if folders and end != 1:
            # Only a folder that is no package can be one that a .pth file adds.
            loose.add(folders[end - 1] if end else stem)
    opens = has_pth and bool(loose)
    known = found | loose if opens else found
    names = frozenset(name for name in known if all(part.isidentifier() for part in name.split(".")))
    return BroughtModules(names, opens, has_pth or any(map(_is_entry_point, listed)))


def _is_entry_point(path: str) -> bool:
    """Return whether a path is that of the list of entry points, or of a script that is installed as a command."""
    top, _, rest = path.partition("/")
    is_script = top.endswith(".data") and rest.startswith("scripts/")
    return is_script or (top.endswith(".dist-info") and rest == "entry_points.txt")


def _installed_path(path: str) -> str:
    """Return the path below site-packages; empty for metadata, scripts and headers."""
    top, _, rest = path.partition("/")
    if top.endswith((".dist-info", ".egg-info")):
        return ""
    if top.endswith(".data"):
        kind, _, rest = rest.partition("/")
        return rest if kind in {"purelib", "platlib"} else ""
    return path


def _stem(path: str) -> str | None:
    """Return the name of the module in a file: "_yaml" of "_yaml.cpython-313-x86_64-linux-gnu.so"."""
    name = path.rpartition("/")[2]
    return name.partition(".")[0] if name.endswith(_SOURCES) else None
