"""Common files that are easily judged wrong: what pip, uv and poetry-core make of them."""

# ruff: noqa: E501  (lines of lock files)

from tests.cases.case import LINUX, Case
from tests.replay import a_file

WINDOWS = "cp312-win_amd64"
_APP = '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
_WINDOWS_AND_LINUX = (WINDOWS, f"cp312-{LINUX}")
_PLATFORMS = ["idna==3.7", "pywin32>=306 ; sys_platform == 'win32'", "uvloop ; sys_platform != 'win32'"]


def _uv_package(name: str, version: str, *files: str) -> str:
    wheels = "".join(f'    {{ url = "https://index.example/files/{file}" }},\n' for file in files)
    return (
        f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
        f'source = {{ registry = "https://index.example/simple" }}\nwheels = [\n{wheels}]\n'
    )


_PLATFORM_PACKAGES = (
    _uv_package("idna", "3.7", "idna-3.7-py3-none-any.whl")
    + _uv_package("pywin32", "308", "pywin32-308-cp312-cp312-win_amd64.whl")
    + _uv_package("uvloop", "0.21.0", "uvloop-0.21.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl")
)
_EDGES = (
    '[{ name = "idna" }, { name = "pywin32", marker = "sys_platform == \'win32\'" }, '
    '{ name = "uvloop", marker = "sys_platform != \'win32\'" }]'
)
_LISTED = (
    '[{ name = "idna", specifier = "==3.7" }, { name = "pywin32", marker = "sys_platform == \'win32\'", specifier = ">=306" }, '
    '{ name = "uvloop", marker = "sys_platform != \'win32\'" }]'
)
_HEAD = 'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "app"\nversion = "0.1.0"\nsource = { virtual = "." }\n'
_LISTED_TOML = "[" + ", ".join(f'"{one}"' for one in _PLATFORMS) + "]"

_POETRY_PROJECT = """\
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"
idna = "3.7"
pywin32 = {version = ">=306", platform = "win32"}
uvloop = {version = "*", markers = "sys_platform != 'win32'"}
"""
_POETRY_LOCK = "".join(
    f'[[package]]\nname = "{name}"\nversion = "{version}"\ndescription = ""\noptional = false\npython-versions = "*"\n'
    "files = []\n\n"
    for name, version in (("idna", "3.7"), ("pywin32", "308"), ("uvloop", "0.21.0"))
) + '[metadata]\nlock-version = "2.0"\npython-versions = "^3.11"\ncontent-hash = "%s"\n' % ("0" * 64)

# Of the sdist and the wheel for Python 3.12 on Windows; that for 3.13 came eleven weeks later.
_HASHES = (
    "--hash=sha256:4b3df0e6990aa98acda57d983942eff13d824135fe2250e6522edaa782a06de2 "
    "--hash=sha256:18c5ee682b9c6dd3696dad6e54cc7ff3a1a9020df6a5c0f861ef8bfd338c3ca0"
)
_OLD_HASH = "sha256:" + "0" * 64


def _poetry(dependency: str) -> dict[str, str]:
    return {
        "pyproject.toml": '[tool.poetry]\nname = "app"\nversion = "0.1.0"\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        f"{dependency}\n"
    }


CASES = [
    *(
        Case(
            name=f"markers of the project in a uv.lock, {name}",
            files=files,
            target=_WINDOWS_AND_LINUX,
            options=options,
            verdict=("go", "go"),
        )
        for name, files, options in (
            (
                "main",
                {
                    "pyproject.toml": f"{_APP}dependencies = {_LISTED_TOML}\n",
                    "uv.lock": f"{_HEAD}dependencies = {_EDGES}\n[package.metadata]\nrequires-dist = {_LISTED}\n{_PLATFORM_PACKAGES}",
                },
                (),
            ),
            (
                "a group",
                {
                    "pyproject.toml": f"{_APP}[dependency-groups]\nplatforms = {_LISTED_TOML}\n",
                    "uv.lock": f"{_HEAD}[package.dev-dependencies]\nplatforms = {_EDGES}\n"
                    f"[package.metadata.requires-dev]\nplatforms = {_LISTED}\n{_PLATFORM_PACKAGES}",
                },
                ("--group", "platforms"),
            ),
            (
                "an extra",
                {
                    "pyproject.toml": f"{_APP}[project.optional-dependencies]\nplatforms = {_LISTED_TOML}\n",
                    "uv.lock": f"{_HEAD}[package.optional-dependencies]\nplatforms = {_EDGES}\n[package.metadata]\n"
                    'provides-extras = ["platforms"]\nrequires-dist = ['
                    '{ name = "idna", marker = "extra == \'platforms\'", specifier = "==3.7" }, '
                    '{ name = "pywin32", marker = "sys_platform == \'win32\' and extra == \'platforms\'", specifier = ">=306" }, '
                    "{ name = \"uvloop\", marker = \"sys_platform != 'win32' and extra == 'platforms'\" }]\n"
                    + _PLATFORM_PACKAGES,
                },
                ("--extra", "platforms"),
            ),
        )
    ),
    Case(
        name="a Poetry 1 lock with its manifest's markers",
        files={"pyproject.toml": _POETRY_PROJECT, "poetry.lock": _POETRY_LOCK},
        target=_WINDOWS_AND_LINUX,
        verdict=("go", "go"),
    ),
    Case(
        name="pins whose sdists are pure",
        files={"requirements.txt": "hydra-core==1.3.2\nantlr4-python3-runtime==4.9.3\ntermcolor==1.1.0\n"},
        verdict="go",
        packages={"termcolor": "1.1.0 degraded", "antlr4-python3-runtime": "4.9.3 degraded"},
    ),
    Case(
        name="a pin of a pure sdist, of which another version has a wheel",
        files={"requirements.txt": "sentence-transformers==2.2.2\n"},
        packages={"sentence-transformers": "2.2.2 degraded"},
        verdict="go",
    ),
    Case(
        name="a pin whose sdist is compiled, and no version has a wheel",
        files={"requirements.txt": "uwsgi==2.0.21\n"},
        verdict="no-go",
        packages={"uwsgi": "2.0.21 blocked"},
        detail={"uwsgi": "compiled: C, C++"},
    ),
    Case(
        name="another",
        files={"requirements.txt": "python-ldap==3.4.4\n"},
        verdict="no-go",
        packages={"python-ldap": "3.4.4 blocked"},
        detail={"python-ldap": "compiled: C"},
    ),
    *(
        Case(
            name=f"hashes older than a late wheel, on {target}",
            files={"requirements.txt": f"psycopg2-binary==2.9.10 {_HASHES}\n"},
            target=target,
            verdict=verdict,
            packages={"psycopg2-binary": f"2.9.10 {package}"},
            # Listed again, the late wheel is taken: nothing has to move.
            moves=None if verdict == "go" else {},
            pins={} if verdict == "go" else {"psycopg2-binary": "2.9.10"},
        )
        for target, verdict, package in (
            ("cp312-win_amd64", "go", "ready"),
            ("cp313-win_amd64", "conditional", "upgrade"),
        )
    ),
    Case(
        name="a target that supported-markers of a uv.lock exclude",
        files={
            "pyproject.toml": f'{_APP}dependencies = ["idna"]\n[tool.uv]\nenvironments = ["sys_platform == \'linux\'"]\n',
            "uv.lock": _HEAD.replace(
                "\n\n[[package]]", "\nsupported-markers = [\n    \"sys_platform == 'linux'\",\n]\n\n[[package]]", 1
            )
            + 'dependencies = [{ name = "idna", marker = "sys_platform == \'linux\'" }]\n[package.metadata]\n'
            + 'requires-dist = [{ name = "idna" }]\n'
            + _uv_package("idna", "3.7", "idna-3.7-py3-none-any.whl"),
        },
        target=_WINDOWS_AND_LINUX,
        verdict=("conditional", "go"),
    ),
    Case(
        name="a target outside the environments of a pylock.toml",
        files={
            "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\nenvironments = ["sys_platform == \'linux\'"]\n'
            '[[packages]]\nname = "idna"\nversion = "3.7"\n[[packages.wheels]]\n'
            'url = "https://index.example/files/idna-3.7-py3-none-any.whl"\n'
            'hashes = {sha256 = "82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0"}\n'
        },
        target=_WINDOWS_AND_LINUX,
        verdict=("conditional", "go"),
    ),
    Case(
        name="a package that an explicit internal index has",
        files={
            "pyproject.toml": f'{_APP}dependencies = ["idna==3.7", "six==1.17.0"]\n[tool.uv.sources]\nsix = {{ index = "internal" }}\n'
            '[[tool.uv.index]]\nname = "internal"\nurl = "https://internal.example/simple"\nexplicit = true\n'
        },
        verdict="conditional",
        packages={"idna": "3.7 ready", "six": "not-judged"},
    ),
    Case(
        name="a platform of Poetry that excludes one",
        files=_poetry('six = {version = "1.17.0", platform = "!=darwin"}'),
        verdict="go",
        packages={"six": "1.17.0 ready"},
    ),
    Case(
        name="two platforms of Poetry",
        files=_poetry('six = {version = "1.17.0", platform = "linux || win32"}'),
        target=_WINDOWS_AND_LINUX,
        verdict=("go", "go"),
        packages={"six": "1.17.0 ready"},
    ),
    Case(
        name="a pre-release that one package needs and another admits",
        files={"requirements.txt": "a\nb\n"},
        index={
            "a": [a_file("a-1.0-py3-none-any.whl", requires_dist=["x==2.0b1"])],
            "b": [a_file("b-1.0-py3-none-any.whl", requires_dist=["x>=1.0"])],
            "x": [a_file("x-1.0-py3-none-any.whl"), a_file("x-2.0b1-py3-none-any.whl")],
        },
        verdict="go",
        packages={"x": "2.0b1 ready"},
    ),
    Case(
        name="a pre-release alone has a wheel",
        files={"requirements.txt": "scikit-image>=0.23.1\n"},
        target=f"cp315-{LINUX}",
        packages={"scikit-image": "0.27.0rc1 ready"},
        verdict="go",
    ),
    Case(
        name="metadata of the wheel that the target takes, on macOS",
        files={"requirements.txt": "tensorflow==2.14.0\n"},
        target="cp311-macosx_14_0_arm64",
        packages={"tensorflow-macos": "2.14.0"},
    ),
    Case(
        name="metadata of the wheel that the target takes, on Linux",
        files={"requirements.txt": "openmm[cuda12]==8.3.1\n"},
        packages={"openmm-cuda-12": ""},
    ),
    *(
        Case(
            name=f"not judged: {what}",
            files={"requirements.txt": f"six==1.17.0\n{line}\n"},
            verdict="conditional",
            packages={"six": "1.17.0 ready"},
        )
        for what, line in (
            ("a repository without a name", "git+https://git.example/o/mine.git"),
            ("a name from the environment", "${NAME}==1"),
            ("an archive without a version", "https://files.example/archive/main.zip"),
        )
    ),
    Case(
        name="not judged: what setup.py computes",
        files={
            "setup.py": 'from setuptools import setup\n\nsetup(install_requires=["six==1.17.0", *open("more").readlines()])\n'
        },
        verdict="conditional",
        packages={"six": "1.17.0 ready"},
    ),
    Case(
        name="a wheel by address",
        files={"requirements.txt": "six @ https://files.example/six-1.17.0-py2.py3-none-any.whl\n"},
        verdict="go",
        packages={"six": "1.17.0 ready"},
    ),
    Case(
        name="a wheel by path, for another platform",
        files={"requirements.txt": "./wheels/demo-1.0-cp312-cp312-win_amd64.whl\n"},
        target=_WINDOWS_AND_LINUX,
        verdict=("go", "no-go"),
    ),
    Case(
        name="a group that is not there",
        files={"pyproject.toml": f'{_APP}[dependency-groups]\ndev = ["six"]\n'},
        options=("--group", "dve"),
        refused=["dve", "dev"],
    ),
    Case(
        name="an extra that is not there",
        files={"pyproject.toml": f'{_APP}[project.optional-dependencies]\nsuch = ["six"]\n'},
        options=("--extra", "nosuch"),
        refused=["nosuch", "such"],
    ),
    Case(
        name="metadata that pip refuses: jupyter-cadquery",
        files={"requirements.txt": "jupyter-cadquery==3.5.2\n"},
        verdict="conditional",
    ),
    Case(
        name="metadata that pip refuses: textract",
        files={"requirements.txt": "textract==1.6.5\n"},
        verdict="no-go",
    ),
    Case(
        name="a file of which some requirements have hashes",
        files={"requirements.txt": f"six==1.17.0 --hash={_OLD_HASH}\nidna==3.7\n"},
        problems=["hash"],
    ),
    Case(
        name="a freeze of conda",
        files={
            "requirements.txt": "idna==3.7\nsetuptools==49.6.0.post20210108\n"
            "six @ file:///home/conda/feedstock_root/build_artifacts/six_1620240208055/work\n"
        },
        verdict="conditional",
        packages={"idna": "3.7 ready", "six": "not-judged", "setuptools": "49.6.0.post20210108"},
    ),
]
