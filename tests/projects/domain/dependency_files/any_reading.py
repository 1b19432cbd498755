"""What holds of every reading."""

import json

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from projects.domain.dependency_files import ParsedFiles, available_groups, select, to_data


def check(parsed: ParsedFiles) -> None:
    """Check what holds of every reading: text that can be stored and printed, parts that packaging accepts."""
    json.dumps(to_data(parsed), ensure_ascii=False).encode()
    for one in parsed.requirements:
        assert one.name == canonicalize_name(one.name, validate=True)
        for specifier in one.alternatives or (one.specifier,):
            SpecifierSet(specifier)
        assert one.marker is None or str(Marker(one.marker))
        assert all(dependency.marker is None or str(Marker(dependency.marker)) for dependency in one.dependencies)
        assert one.line is None or one.line >= 1
    for problem in parsed.problems:
        assert problem.message
        assert len(problem.text) <= 200
        assert "\n" not in problem.text
    names = available_groups(parsed)
    assert len(select(parsed, groups=names.groups, extras=names.extras)) <= len(parsed.requirements)
