"""Random small indexes and questions for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.scanner.domain.resolution.small_index import Row

NAMES = ["a", "b", "c", "d"]
VERSIONS = ["1.0", "1.5", "2.0", "3.1"]

specifiers = st.one_of(
    st.just(""),
    st.builds("{}{}".format, st.sampled_from(["==", ">=", "<", "<=", ">", "!=", "~="]), st.sampled_from(VERSIONS)),
    st.builds(">={},<{}".format, st.sampled_from(VERSIONS), st.sampled_from(VERSIONS)),
)
markers = st.sampled_from(["", "", "", "", '; sys_platform == "linux"', '; sys_platform == "win32"', '; extra == "x"'])
extras = st.sampled_from(["", "", "", "[x]"])
needs = st.builds("{}{}{}{}".format, st.sampled_from(NAMES), extras, specifiers, markers)
roots = st.lists(st.builds("{}{}{}".format, st.sampled_from(NAMES), extras, specifiers), min_size=1, max_size=4)
places = st.sampled_from([["*"], ["*"], ["*"], ["linux"], ["win32"], ["nothing"]])


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """One release."""
    return Row(needs=draw(st.lists(needs, max_size=3)), on=draw(places))


indexes = st.fixed_dictionaries(
    {name: st.dictionaries(st.sampled_from(VERSIONS), rows(), min_size=1, max_size=4) for name in NAMES}
)
