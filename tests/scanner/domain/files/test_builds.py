"""What an sdist shows of its build."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.builds import BUILD_FILES, COMPILED, PURE, SdistContents, classify_sdist


def backend(name: str, *requires: str) -> str:
    return f'[build-system]\nbuild-backend = "{name}"\nrequires = {list(requires)!r}\n'


SETUPTOOLS = backend("setuptools.build_meta", "setuptools>=61", "wheel")


@pytest.mark.parametrize(
    ("names", "texts", "detail"),
    [
        (["demo/__init__.py"], {"setup.py": "setup(name='demo')"}, PURE),
        (["demo/__init__.py"], {}, PURE),
        (["demo/__init__.py", "tests/x.c", "docs/y.cpp", "demo/tests/z.rs"], {"pyproject.toml": SETUPTOOLS}, PURE),
        (["demo/_speed.c"], {"setup.py": "setup(ext_modules=[Extension('x', ['demo/_speed.c'])])"}, "compiled: C"),
        (["demo/_speed.c", "demo/_speed.pyx"], {"pyproject.toml": SETUPTOOLS}, "compiled: C, Cython"),
        (["src/lib.rs", "Cargo.toml"], {"pyproject.toml": backend("maturin", "maturin>=1,<2")}, "compiled: Rust"),
        (
            ["demo/a.py"],
            {"pyproject.toml": backend("setuptools.build_meta", "setuptools", "mypy[mypyc]")},
            "compiled: C",
        ),
        (["demo/a.f90", "demo/b.cc"], {"pyproject.toml": backend("mesonpy", "meson-python")}, "compiled: C++, Fortran"),
        (["demo/a.py"], {"pyproject.toml": backend("scikit_build_core.build", "scikit_build_core")}, COMPILED),
        (["demo/template.c"], {"pyproject.toml": backend("flit_core.buildapi", "flit_core")}, PURE),
        (["demo/template.c"], {"pyproject.toml": backend("hatchling.build", "hatchling")}, PURE),
        (
            ["demo/real.c"],
            {"pyproject.toml": backend("hatchling.build", "hatchling") + "[tool.hatch.build.hooks.custom]\n"},
            "compiled: C",
        ),
        (
            ["demo/real.pyx"],
            {
                "pyproject.toml": backend("poetry.core.masonry.api", "poetry-core")
                + '[tool.poetry]\nbuild = "build.py"\n'
            },
            "compiled: Cython",
        ),
        (["demo/a.py"], {"pyproject.toml": "[build-system", "setup.py": "cythonize(['x.py'])"}, COMPILED),
        (["demo/a.h"], {"pyproject.toml": SETUPTOOLS}, PURE),
    ],
)
def test_an_sdist_is_judged_by_its_sources_and_its_build(names: list[str], texts: dict[str, str], detail: str) -> None:
    assert classify_sdist(SdistContents(tuple(names), texts)) == detail


@given(
    st.lists(st.text(max_size=30), max_size=8),
    st.dictionaries(st.sampled_from(sorted(BUILD_FILES)), st.text(max_size=200)),
)
def test_whatever_an_sdist_holds_has_an_answer_that_can_be_stored(names: list[str], texts: dict[str, str]) -> None:
    detail = classify_sdist(SdistContents(tuple(names), texts))
    assert detail == PURE or detail.startswith(COMPILED)
    assert len(detail) <= 80
