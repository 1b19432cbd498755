"""A Pipfile and its lock."""

import json

from projects.domain.dependency_files import RequirementOrigin, read


def test_pipfile_and_its_lock() -> None:
    manifest = """\
[[source]]
url = "https://u:p@index.example/simple"
[packages]
Requests = {version = "==2.18.0", extras = ["socks"]}
star = "*"
win = {version = ">=1", sys_platform = "== 'win32'", markers = "python_version < '3.12'"}
vcs = {git = "https://git.example/o/r", ref = "v1", editable = true}
here = {path = ".", editable = true}
bad = "==one=two"
[dev-packages]
pytest = ">=3, <9"
[docs]
sphinx = "*"
[requires]
python_version = "3.11"
"""
    lock = {
        "_meta": {"pipfile-spec": 6, "requires": {"python_version": "3.11"}, "sources": []},
        "default": {
            "requests": {"version": "==2.18.0", "hashes": ["sha256:AA"], "markers": "python_version >= '3'"},
            "idna": {"version": "==2.5", "hash": "sha256:bb"},
            "loose": {"version": "*"},
        },
        "develop": {"pytest": {"version": "==8"}},
    }
    files = {"Pipfile": manifest.encode(), "Pipfile.lock": json.dumps(lock, indent=1).encode()}
    parsed = read(files, list(files))
    wanted = {str(one.name): one for one in parsed.requirements if not one.locked}
    assert wanted["requests"].extras == ("socks",)
    assert wanted["win"].marker == 'python_version < "3.12" and sys_platform == "win32"'
    assert (wanted["vcs"].origin, wanted["vcs"].editable) == (RequirementOrigin.VCS, True)
    assert wanted["here"].origin is RequirementOrigin.PATH
    assert (wanted["pytest"].group, wanted["sphinx"].group) == ("dev", "docs")
    assert [(one.text, one.line) for one in parsed.problems] == [("bad", 9), ("", None)]
    assert parsed.problems[1].message == "older than its project, which requires star: lock again"
    locked = {str(one.name): one for one in parsed.requirements if one.locked}
    assert {name: one.direct for name, one in locked.items()} == {
        "requests": True,
        "idna": False,
        "loose": False,
        "pytest": True,
    }
    assert locked["requests"].hashes == ("sha256:aa",)
    assert locked["idna"].hashes == ("sha256:bb",)
    assert locked["pytest"].line == 26
    assert [(one.name, one.value) for one in parsed.options] == [("index-url", "https://****@index.example/simple")]
    assert [one.value for one in parsed.hints] == ["3.11", "3.11"]
