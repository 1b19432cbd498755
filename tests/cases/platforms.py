"""Files and locks whose requirements differ between platforms."""

# ruff: noqa: E501  (lines of lock files)

from tests.cases.case import LINUX, MACOS, PROJECT, WINDOWS_AND_LINUX, Case

# What is judged on each of the two.
_JUDGED: list[dict[str, str | None]] = [
    {"idna": "3.7 ready", "pywin32": "308 ready", "uvloop": None},
    {"idna": "3.7 ready", "pywin32": None, "uvloop": "0.21.0 ready"},
]
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
            target=WINDOWS_AND_LINUX,
            options=options,
            verdict=("go", "go"),
            packages=_JUDGED,
        )
        for name, files, options in (
            (
                "main",
                {
                    "pyproject.toml": f"{PROJECT}dependencies = {_LISTED_TOML}\n",
                    "uv.lock": f"{_HEAD}dependencies = {_EDGES}\n[package.metadata]\nrequires-dist = {_LISTED}\n{_PLATFORM_PACKAGES}",
                },
                (),
            ),
            (
                "a group",
                {
                    "pyproject.toml": f"{PROJECT}[dependency-groups]\nplatforms = {_LISTED_TOML}\n",
                    "uv.lock": f"{_HEAD}[package.dev-dependencies]\nplatforms = {_EDGES}\n"
                    f"[package.metadata.requires-dev]\nplatforms = {_LISTED}\n{_PLATFORM_PACKAGES}",
                },
                ("--group", "platforms"),
            ),
            (
                "an extra",
                {
                    "pyproject.toml": f"{PROJECT}[project.optional-dependencies]\nplatforms = {_LISTED_TOML}\n",
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
        target=WINDOWS_AND_LINUX,
        verdict=("go", "go"),
        packages=_JUDGED,
    ),
    Case(
        name="a target that supported-markers of a uv.lock exclude",
        files={
            "pyproject.toml": f'{PROJECT}dependencies = ["idna"]\n[tool.uv]\nenvironments = ["sys_platform == \'linux\'"]\n',
            "uv.lock": _HEAD.replace(
                "\n\n[[package]]", "\nsupported-markers = [\n    \"sys_platform == 'linux'\",\n]\n\n[[package]]", 1
            )
            + 'dependencies = [{ name = "idna", marker = "sys_platform == \'linux\'" }]\n[package.metadata]\n'
            + 'requires-dist = [{ name = "idna" }]\n'
            + _uv_package("idna", "3.7", "idna-3.7-py3-none-any.whl"),
        },
        target=WINDOWS_AND_LINUX,
        verdict=("conditional", "go"),
    ),
    Case(
        name="a target outside the environments of a project without a lock",
        files={
            "pyproject.toml": f'{PROJECT}dependencies = ["idna==3.7"]\n[tool.uv]\nenvironments = ["os_name == \'posix\'"]\n'
        },
        target=WINDOWS_AND_LINUX,
        verdict=("conditional", "go"),
        packages={"idna": "3.7 ready"},
    ),
    Case(
        name="a target outside the environments of a pylock.toml",
        files={
            "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\nenvironments = ["sys_platform == \'linux\'"]\n'
            '[[packages]]\nname = "idna"\nversion = "3.7"\n[[packages.wheels]]\n'
            'url = "https://index.example/files/idna-3.7-py3-none-any.whl"\n'
            'hashes = {sha256 = "82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0"}\n'
        },
        target=WINDOWS_AND_LINUX,
        verdict=("conditional", "go"),
    ),
    Case(
        name="a platform of Poetry that excludes one",
        files=_poetry('six = {version = "1.17.0", platform = "!=darwin"}\nidna = "3.7"'),
        target=(f"cp312-{LINUX}", MACOS),
        verdict=("go", "go"),
        packages=[{"six": "1.17.0 ready", "idna": "3.7 ready"}, {"six": None, "idna": "3.7 ready"}],
    ),
    Case(
        name="two platforms of Poetry",
        files=_poetry('six = {version = "1.17.0", platform = "linux || win32"}\nidna = "3.7"'),
        target=(*WINDOWS_AND_LINUX, MACOS),
        verdict=("go", "go", "go"),
        packages=[{"six": "1.17.0 ready"}, {"six": "1.17.0 ready"}, {"six": None, "idna": "3.7 ready"}],
    ),
]
