"""What is read of ELF files is what pyelftools reads of the modules of this interpreter's packages."""

import io
import sysconfig
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from scanner.domain.files.elf import read_elf

elffile = pytest.importorskip("elftools.elf.elffile", reason="pyelftools is not installed here")
FOUND = (path for path in Path(sysconfig.get_path("platlib")).rglob("*.so") if path.stat().st_size < 300_000)
MODULES = [path for path in islice(FOUND, 40) if path.read_bytes().startswith(b"\x7fELF")][:5]


@pytest.mark.skipif(not MODULES, reason="no package here has an ELF module")
def test_symbols_and_versions_are_those_that_pyelftools_reads() -> None:
    for path in MODULES:
        content = path.read_bytes()
        needs = read_elf(content, ("Py", "_Py"))
        file: Any = elffile.ELFFile(io.BytesIO(content))
        versions = {
            one.name
            for section in file.iter_sections("SHT_GNU_verneed")
            for _, needed in section.iter_versions()
            for one in needed
        }
        symbols = {
            one.name
            for one in file.get_section_by_name(".dynsym").iter_symbols()
            if one["st_shndx"] == "SHN_UNDEF" and one["st_info"]["bind"] != "STB_WEAK"
        }
        assert needs.versions == versions
        assert needs.symbols == {one for one in symbols if one.startswith(("Py", "_Py"))}
