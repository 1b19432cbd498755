"""The loader of PyYAML that reads nodes. Imported when there is YAML to read: most projects have none."""

from __future__ import annotations

import yaml
from yaml.composer import Composer

try:
    from yaml import CSafeLoader
except ImportError:
    # PyYAML without libyaml reads the same, ten times as slowly.
    Loader: type = yaml.SafeLoader
else:

    class _LibyamlLoader(Composer, CSafeLoader):
        """Parse in C, and compose in Python: composing in C ends the process where a document nests too deeply."""

        def __init__(self, text: str) -> None:
            CSafeLoader.__init__(self, text)
            Composer.__init__(self)

    Loader = _LibyamlLoader
