"""The sentence about the runtime that a project uses now."""

from __future__ import annotations

import posixpath

from projects.domain.current_runtime import CurrentRuntime
from scanner.domain.phrases import join_first, join_words
from scanner.domain.targets.pythons import Implementation

_MAX_PYTHONS = 3


def runtime_text(runtime: CurrentRuntime) -> str:
    """Describe the runtime and its source: "Python 3.11 on Debian, according to Dockerfile"."""
    lead = "" if runtime.pythons[0].implementation is Implementation.PYPY else "Python "
    place = f" on {runtime.system}" if runtime.system else ""
    newer = " or newer" if runtime.is_minimum else ""
    names = dict.fromkeys(posixpath.basename(path.replace("\\", "/")) or path for path in runtime.sources)
    pythons = join_first([python.label for python in runtime.pythons], _MAX_PYTHONS)
    return f"{lead}{pythons}{place}{newer}, according to {join_words(list(names))}"
