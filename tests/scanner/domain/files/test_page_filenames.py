"""Names of a page that are parsed together have the parts that each has alone."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from scanner.domain.files.filenames import LONGEST_NAME, ParsedFilename, parse_filename
from scanner.domain.files.page_filenames import parse_filenames

PACKAGE = canonicalize_name("foo-bar")
heads = st.sampled_from(["foo_bar", "foo-bar", "Foo.Bar", "foo__bar", "foo", "foo_bar-1", "", "f" * LONGEST_NAME])
versions = st.sampled_from(["1.0", "1.00", "1.0.post1", "1.0-1", "v1.0", "1.0+local.1", "1.0rc1", "x", "", "1_0", " 1"])
tails = st.sampled_from(
    ["-py3-none-any.whl", "-CP313-cp313-Win_AMD64.whl", "-2-py3-none-any.whl", "-py3--any.whl", "-none-any.whl", ".egg",
     ".tar.gz", ".zip", ".linux-x86_64.tar.gz", ".exe", "", "-", f"-py3-none-{'.'.join(['a'] * 2000)}.whl"]
)  # fmt: skip
names = st.builds("{}-{}{}".format, heads, versions, tails) | st.text("fobar_-.1whltgz", max_size=20)


def check(filenames: list[str], package: NormalizedName) -> None:
    found = parse_filenames(filenames, package)
    for filename, version, kind in zip(filenames, found.versions, found.kinds, strict=True):
        read = parse_filename(filename, package)
        if isinstance(read, ParsedFilename):
            assert (version, kind) == (str(read.version), (read.kind.value, read.tag_set)), filename
            assert found.parsed[str(version)] == Version(str(version))
        else:
            assert (version, kind) == (None, ("other", None)), filename


@given(st.lists(names, max_size=12))
def test_each_name_has_the_parts_that_it_has_alone(filenames: list[str]) -> None:
    check(filenames, PACKAGE)


def test_the_names_of_the_corpus_have_the_parts_that_they_have_alone(shared: Path) -> None:
    by_package: dict[str, list[str]] = {}
    for row in json.loads((shared / "corpus/filenames.json").read_text()):
        by_package.setdefault(str(row["filename"]).partition("-")[0], []).append(row["filename"])
    for name, filenames in by_package.items():
        check(filenames, canonicalize_name(name))
