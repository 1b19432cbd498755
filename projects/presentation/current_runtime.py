"""The sentence about the runtime that a project uses now."""

from __future__ import annotations

import posixpath

from projects.domain.current_runtime import CurrentRuntime
from scanner.domain.phrases import join_first, join_words
from scanner.domain.targets.pythons import Implementation
from scanner.domain.translation import gettext

_MAX_PYTHONS = 3


def runtime_text(runtime: CurrentRuntime) -> str:
    """Describe the runtime and its source: "Python 3.11 on Debian, according to Dockerfile"."""
    lead = "" if runtime.pythons[0].implementation is Implementation.PYPY else "Python "
    names = dict.fromkeys(posixpath.basename(path.replace("\\", "/")) or path for path in runtime.sources)
    pythons = lead + join_first([python.label for python in runtime.pythons], _MAX_PYTHONS)
    match bool(runtime.system), runtime.is_minimum:
        case True, True:
            text = gettext("{pythons} on {system} or newer, according to {sources}")
        case True, False:
            text = gettext("{pythons} on {system}, according to {sources}")
        case False, True:
            text = gettext("{pythons} or newer, according to {sources}")
        case _:
            text = gettext("{pythons}, according to {sources}")
    return text.format(pythons=pythons, system=runtime.system, sources=join_words(list(names)))
