"""Small files that are easily misread."""

# ruff: noqa: E501  (lines of lock files)

from tests.cases.case import LINUX, Case

_PIPFILE_LOCK = """\
{"_meta": {"hash": {"sha256": "%s"}, "pipfile-spec": 6, "requires": {},
  "sources": [{"name": "main", "url": "https://index.example/simple", "verify_ssl": true}]},
 "default": {},
 "develop": {"six": {"version": "==1.17.0", "markers": "'dev' in dependency_groups"}}}
""" % ("0" * 64)
_PYLOCK = """\
lock-version = "1.0"
created-by = "test"
extras = ["tls"]
dependency-groups = ["default"]
default-groups = ["default"]

[[packages]]
name = "idna"
version = "3.7"
marker = "python_version >= '3.6' and 'tls' in extras"
[[packages.wheels]]
url = "https://index.example/files/idna-3.7-py3-none-any.whl"
hashes = {sha256 = "82fee1fc78add43492d3a1898bfa6d8a904cc97d8427f683ed8e798d07761aa0"}

[[packages]]
name = "six"
version = "1.17.0"
marker = "os_name == 'posix' and 'default' in dependency_groups"
[[packages.wheels]]
url = "https://index.example/files/six-1.17.0-py2.py3-none-any.whl"
hashes = {sha256 = "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"}
"""
_POETRY_2 = """\
[[package]]
name = "numpy"
version = "2.2.6"
description = ""
optional = true
python-versions = ">=3.10"
groups = ["main"]
markers = "extra == \\"fast\\""
files = []

[extras]
fast = ["numpy"]

[metadata]
lock-version = "2.1"
python-versions = ">=3.10"
content-hash = "%s"
""" % ("0" * 64)
_POETRY_1 = """\
[[package]]
name = "six"
version = "1.17.0"
description = ""
category = "main"
optional = false
python-versions = "*"
marker = "extra == \\"filecache\\""

[metadata]
lock-version = "1.0"
content-hash = "%s"
python-versions = "*"

[metadata.files]
six = []
""" % ("0" * 64)
_PDM_1 = """\
[[package]]
name = "six"
version = "1.17.0"
sections = ["dev"]
requires_python = ">=2.7"
summary = ""

[metadata]
lock_version = "2"
content_hash = "sha256:%s"

[metadata.files]
""" % ("0" * 64)

CASES = [
    Case(
        name="a group of a Pipfile.lock",
        files={"Pipfile.lock": _PIPFILE_LOCK},
        options=("--group", "dev"),
        verdict="go",
        packages={"six": "1.17.0 ready"},
        problems=[],
    ),
    Case(
        name="a pylock.toml, with the default group alone",
        files={"pylock.toml": _PYLOCK},
        verdict="go",
        packages={"six": "1.17.0 ready", "idna": None},
        problems=[],
    ),
    Case(
        name="a pylock.toml, with an extra",
        files={"pylock.toml": _PYLOCK},
        options=("--extra", "tls"),
        verdict="go",
        packages={"six": "1.17.0 ready", "idna": "3.7 ready"},
        problems=[],
    ),
    Case(
        name="an extra of setup.cfg that contains another by interpolation",
        files={
            "setup.cfg": "[metadata]\nname = app\n[options.extras_require]\nio =\n    idna\nall =\n    %(io)s\n    six\n"
        },
        options=("--extra", "all"),
        verdict="go",
        packages={"idna": "ready", "six": "ready"},
        count=2,
        problems=[],
    ),
    Case(
        name="a setup.py with pbr, which reads requirements.txt",
        files={
            "setup.py": 'import setuptools\n\nsetuptools.setup(setup_requires=["pbr"], pbr=True)\n',
            "requirements.txt": "six==1.17.0\n",
        },
        verdict="go",
        packages={"six": "1.17.0 ready"},
        problems=["pbr"],
    ),
    Case(
        name="a file in cp1252",
        files={"requirements.txt": b"# a\x85b\r\nsix==1.17.0\r\n"},
        verdict="go",
        count=1,
        requirements=["six==1.17.0"],
        problems=[],
    ),
    Case(
        name="an extra of a poetry.lock without its manifest",
        files={"poetry.lock": _POETRY_2},
        options=("--extra", "fast"),
        verdict="go",
        packages={"numpy": "2.2.6 ready"},
    ),
    Case(
        name="the same poetry.lock without the extra",
        files={"poetry.lock": _POETRY_2},
        refused=["asks for no package"],
    ),
    Case(
        name="a marker of Poetry 1.0 that names an extra",
        files={"poetry.lock": _POETRY_1},
        verdict="go",
        packages={"six": "1.17.0 ready"},
    ),
    Case(
        name="a section of a lock of PDM 1, chosen",
        files={"pdm.lock": _PDM_1},
        options=("--group", "dev"),
        verdict="go",
        packages={"six": "1.17.0 ready"},
    ),
    Case(name="a section of a lock of PDM 1, not chosen", files={"pdm.lock": _PDM_1}, refused=["asks for no package"]),
    *(
        Case(
            name=f"two pins of one package, {first} first",
            files={"requirements.txt": f"six=={first}\nsix=={second}\n"},
            target=f"cp313-{LINUX}",
            verdict="conditional",
            moved=1,
            conflict=["six"],
        )
        for first, second in (("1.17.0", "1.16.0"), ("1.16.0", "1.17.0"))
    ),
    *(
        Case(
            name=f"a group that uv installs by default, {word}",
            files={
                "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six==1.17.0"]\n'
                '[dependency-groups]\ndev = ["idna==3.7"]\n[tool.uv]\n'
            },
            options=options,
            packages={"six": "1.17.0 ready", "idna": idna},
        )
        for word, options, idna in (
            ("not asked for", (), "3.7 ready"),
            ("left out", ("--no-default-groups",), None),
        )
    ),
]
