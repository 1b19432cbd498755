"""What compiled modules of wheels need: a NumPy, a glibc beyond the tag, symbols outside of the stable ABI."""

import struct
from collections.abc import Mapping, Sequence

import pytest
from packaging.utils import NormalizedName

from scanner.domain.evidence.compiled_modules import (
    CompiledFault,
    CompiledFinding,
    CompiledReading,
    is_compiled_module,
    read_compiled,
)
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.files.zip_directory import find_directory, read_directory
from tests.archives import zip_of

NUMPY_1, NUMPY_2 = b"\0numpy.core._multiarray_umath\0", b"\0numpy._core._multiarray_umath\0"
PE = b"MZ" + bytes(64)


def read(filename: str, files: Mapping[str, bytes], left_out: int = 0) -> CompiledReading:
    """Pack modules into a wheel of this name and read them."""
    whole = zip_of(files)
    place = find_directory(whole[-65_557:], len(whole))
    members = read_directory(whole[place.start : place.start + place.size], place)
    name = parse_filename(filename, NormalizedName("shell"))
    assert isinstance(name, ParsedFilename)
    return read_compiled(name, {one: whole[one.start :] for one in members}, left_out=left_out)


def elf(undefined: Sequence[str] = (), glibc: Sequence[str] = (), *, weak: Sequence[str] = ()) -> bytes:
    """Return the smallest ELF file that takes these symbols, and these versions of glibc, from others."""
    names = [*undefined, *weak]
    strings = b"\0" + b"".join(one.encode() + b"\0" for one in (*names, *glibc, "libc.so.6"))

    def at(name: str) -> int:
        return strings.index(b"\0" + name.encode() + b"\0") + 1

    symbols = bytes(24)
    for name in names:
        symbols += struct.pack("<IBBHQQ", at(name), (2 if name in weak else 1) << 4, 0, 0, 0, 0)
    needed = struct.pack("<HHIII", 1, len(glibc), at("libc.so.6"), 16, 0)
    for number, version in enumerate(glibc):
        following = 16 if number + 1 < len(glibc) else 0
        needed += struct.pack("<IHHII", 0, 0, 2, at(version), following)
    titles = b"\0.dynsym\0.dynstr\0.gnu.version_r\0.shstrtab\0"
    parts = [(b".dynsym", 11, symbols, 2, 24), (b".dynstr", 3, strings, 0, 0)]
    parts += [(b".gnu.version_r", 0x6FFFFFFE, needed, 2, 0)] if glibc else []
    parts += [(b".shstrtab", 3, titles, 0, 0)]
    body, headers = b"", bytes(64)
    for title, kind, content, link, size in parts:
        info = 1 if kind == 0x6FFFFFFE else 0
        start = 64 + len(body)
        headers += struct.pack(
            "<IIQQQQIIQQ", titles.index(b"\0" + title + b"\0") + 1, kind, 0, 0, start, len(content), link, info, 1, size
        )
        body += content
    magic = struct.pack("<4sBBBBQ", b"\x7fELF", 2, 1, 1, 0, 0)
    rest = (3, 62, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, len(parts) + 1, len(parts))
    return magic + struct.pack("<HHIQQQIHHHHHH", *rest) + body + headers


def test_a_module_with_the_old_name_only_is_compiled_for_numpy_1() -> None:
    found = read("shell-1.0-cp311-cp311-win_amd64.whl", {"shell/old.pyd": PE + NUMPY_1, "shell/plain.pyd": PE})
    assert found.findings == (CompiledFinding(CompiledFault.NUMPY_1, "shell/old.pyd"),)
    assert (found.numpy, found.modules) == (1, 2)


def test_a_module_with_both_names_runs_with_both() -> None:
    found = read("shell-1.0-cp311-cp311-win_amd64.whl", {"shell/new.pyd": PE + NUMPY_2 + NUMPY_1})
    assert (found.findings, found.numpy) == ((), 2)
    assert read("shell-1.0-cp311-cp311-win_amd64.whl", {"shell/plain.pyd": PE}).numpy is None


def test_what_is_no_module_or_beyond_a_limit_is_not_read() -> None:
    found = read("shell-1.0-cp311-cp311-win_amd64.whl", {"shell/text.so": b"hello"}, left_out=2)
    assert (found.modules, found.unread) == (0, 3)
    assert is_compiled_module("shell/core.abi3.so")
    assert not is_compiled_module("shell.libs/libgfortran.so")
    assert not is_compiled_module("shell/core.py")


def test_a_reading_is_kept_as_json() -> None:
    found = CompiledReading((CompiledFinding(CompiledFault.GLIBC, "a.so", "GLIBC_2.34", "2.17"),), 1, 2, 1, "why")
    assert CompiledReading.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("tags", "promised"),
    [
        ("cp311-cp311-manylinux_2_17_x86_64", "2.17"),
        ("cp311-cp311-manylinux_2_28_x86_64", None),
        ("cp311-cp311-manylinux2010_x86_64.manylinux_2_28_x86_64", "2.12"),
        ("cp311-cp311-linux_x86_64", None),
        ("cp311-cp311-musllinux_1_2_x86_64", None),
    ],
)
def test_a_newer_glibc_than_the_oldest_of_the_tags_is_a_finding(tags: str, promised: str | None) -> None:
    module = elf(["memcpy"], ["GLIBC_2.2.5", "GLIBC_2.28", "GLIBC_2.9"])
    found = read(f"shell-1.0-{tags}.whl", {"shell/core.so": module})
    expected = [CompiledFinding(CompiledFault.GLIBC, "shell/core.so", "GLIBC_2.28", promised)] if promised else []
    assert (list(found.findings), found.unread) == (expected, 0)


@pytest.mark.parametrize(
    ("tags", "needs"),
    [
        ("cp39-abi3-win_amd64", "PyModule_AddObjectRef (since 3.10), _PyList_Extend"),
        ("cp310-abi3-win_amd64", "_PyList_Extend"),
        ("cp39-cp39-win_amd64", None),
    ],
)
def test_symbols_outside_of_the_stable_abi_are_a_finding_in_a_wheel_that_is_tagged_with_it(
    tags: str, needs: str | None
) -> None:
    pytest.importorskip("abi3info", reason="abi3info is not installed here")
    module = elf(["PyList_New", "_PyList_Extend", "PyModule_AddObjectRef", "memcpy"], weak=["_PyWeakOnly"])
    found = read(f"shell-1.0-{tags}.whl", {"shell/core.abi3.so": module})
    promised = tags[2:].partition("-")[0]
    expected = (
        [CompiledFinding(CompiledFault.STABLE_ABI, "shell/core.abi3.so", needs, f"3.{promised[1:]}")] if needs else []
    )
    assert list(found.findings) == expected


@pytest.mark.parametrize(
    "module",
    [
        b"\x7fELF",
        b"\x7fELF" + b"\xff" * 4000,
        elf(["Py_Exit"])[:-70],
        elf(["Py_Exit"], ["GLIBC_2.34"]).replace(struct.pack("<HHIII", 1, 1, 20, 16, 0), b"\xff" * 16),
    ],
)
def test_a_damaged_module_is_not_read(module: bytes) -> None:
    found = read("shell-1.0-cp39-abi3-manylinux_2_17_x86_64.whl", {"shell/core.so": module})
    assert (found.findings, found.modules, found.unread) == ((), 0, 1)
