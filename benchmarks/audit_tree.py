"""What reading a large source tree costs: `python -m benchmarks.audit_tree [FILES]` (20,000 by default).

The tree is made of the Python files of the installed packages, over and over. Nothing is asked of an index: this is the
part of an audit that grows with the tree. It prints processor time and peak memory of the process and of its children.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

_MEGABYTE = 1_000_000
_KIB = 1024
# As a project has them: larger ones are tables that a program wrote.
_LARGEST = 200_000


def main(files: int) -> None:
    """Make the tree, read it, and print the costs."""
    # Runs last: a child counts once it has ended, and the sandbox ends its children as the process exits.
    atexit.register(_print_children)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    import django

    django.setup()
    from projects.services.audit.tree import read_tree, read_tree_places

    with tempfile.TemporaryDirectory(prefix="wheelway-tree-") as folder:
        size = _make(Path(folder), files)
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        tree = read_tree(Path(folder))
        places = read_tree_places(tree)
        seconds = time.monotonic() - start
    own = resource.getrusage(resource.RUSAGE_SELF)
    imports = sum(len(file.content.imports) for file in tree.files)
    print(f"{len(tree.files):,} files, {size / _MEGABYTE:.0f} MB, {imports:,} imports, {len(places)} places")
    print(f"{seconds:.0f} s by the clock; here {own.ru_utime - before.ru_utime:.0f} s of processor time")
    print(f"{own.ru_maxrss * _KIB / _MEGABYTE:.0f} MB of memory here at most")


def _print_children() -> None:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = children.ru_maxrss * _KIB / _MEGABYTE
    print(f"in children {children.ru_utime:.0f} s of processor time, {peak:.0f} MB of memory at most")


def _make(root: Path, files: int) -> int:
    """Copy so many files into folders of a hundred. Return their size in bytes."""
    size = 0
    for number, source in enumerate(islice(cycle(_sources()), files)):
        folder = root / f"part{number // 100}"
        folder.mkdir(exist_ok=True)
        size += Path(shutil.copyfile(source, folder / f"module{number}.py")).stat().st_size
    return size


def _sources() -> Iterator[Path]:
    packages = Path(sysconfig.get_paths()["purelib"])
    yield from (path for path in sorted(packages.rglob("*.py")) if 0 < path.stat().st_size <= _LARGEST)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
