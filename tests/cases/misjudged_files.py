"""Common files that are easily judged wrong: what pip, uv and poetry-core make of them."""

from tests.cases.case import LINUX, PROJECT, WINDOWS_AND_LINUX, Case
from tests.replay import a_file

# Of the sdist and the wheel for Python 3.12 on Windows; that for 3.13 came eleven weeks later.
_HASHES = (
    "--hash=sha256:4b3df0e6990aa98acda57d983942eff13d824135fe2250e6522edaa782a06de2 "
    "--hash=sha256:18c5ee682b9c6dd3696dad6e54cc7ff3a1a9020df6a5c0f861ef8bfd338c3ca0"
)
_OLD_HASH = "sha256:" + "0" * 64


CASES = [
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
        name="a package that an explicit internal index has",
        files={
            "pyproject.toml": f'{PROJECT}dependencies = ["idna==3.7", "six==1.17.0"]\n[tool.uv.sources]\n'
            'six = { index = "internal" }\n'
            '[[tool.uv.index]]\nname = "internal"\nurl = "https://internal.example/simple"\nexplicit = true\n'
        },
        verdict="conditional",
        packages={"idna": "3.7 ready", "six": "not-judged"},
        reason={"six": "it comes from https://internal.example/simple, not from the index"},
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
            problems=[f"requirements.txt:2: {problem}"],
        )
        for what, line, problem in (
            ("a repository without a name", "git+https://git.example/o/mine.git", "a checkout without a name"),
            ("a name from the environment", "${NAME}==1", "depends on environment variable NAME"),
            (
                "an archive without a version",
                "https://files.example/archive/main.zip",
                "a URL whose file name does not",
            ),
        )
    ),
    Case(
        name="not judged: what setup.py computes",
        files={
            "setup.py": "from setuptools import setup\n\n"
            'setup(install_requires=["six==1.17.0", *open("more").readlines()])\n'
        },
        verdict="conditional",
        packages={"six": "1.17.0 ready"},
        problems=["setup.py:3: computed by the program"],
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
        target=WINDOWS_AND_LINUX,
        verdict=("go", "no-go"),
    ),
    Case(
        name="a group that is not there",
        files={"pyproject.toml": f'{PROJECT}[dependency-groups]\ndev = ["six"]\n'},
        options=("--group", "dve"),
        refused=["dve", "dev"],
    ),
    Case(
        name="an extra that is not there",
        files={"pyproject.toml": f'{PROJECT}[project.optional-dependencies]\nsuch = ["six"]\n'},
        options=("--extra", "nosuch"),
        refused=["nosuch", "such"],
    ),
    Case(
        name="metadata that pip refuses: jupyter-cadquery",
        files={"requirements.txt": "jupyter-cadquery==3.5.2\n"},
        verdict="conditional",
        reason={"jupyter-cadquery": "a pure Python wheel; pip 24.1 and newer refuse its metadata because of “cadquery"},
    ),
    Case(
        name="metadata that pip refuses: textract",
        files={"requirements.txt": "textract==1.6.5\n"},
        verdict="no-go",
        reason={"textract": "a pure Python wheel; pip 24.1 and newer refuse its metadata because of “extract-msg"},
    ),
    Case(
        name="a file of which some requirements have hashes",
        files={"requirements.txt": f"six==1.17.0 --hash={_OLD_HASH}\nidna==3.7\n"},
        verdict="conditional",
        problems=["pip refuses this file: 1 of 2 requirements has no --hash"],
    ),
    Case(
        name="a freeze of conda",
        files={
            "requirements.txt": "idna==3.7\nsetuptools==49.6.0.post20210108\n"
            "six @ file:///home/conda/feedstock_root/build_artifacts/six_1620240208055/work\n"
        },
        verdict="conditional",
        packages={"idna": "3.7 ready", "six": "not-judged", "setuptools": "49.6.0.post20210108 not-judged"},
        reason={"setuptools": "conda built this version", "six": "it comes from file:///home/conda/"},
    ),
]
