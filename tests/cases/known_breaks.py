"""Sets that install and are known not to run."""

from tests.cases.case import LINUX, Case
from tests.replay import a_file

CASES = [
    Case(
        name="SQLAlchemy before 2.0.31 on 3.12",
        files={"requirements.txt": "sqlalchemy==2.0.27\n"},
        target=f"cp312-{LINUX}",
        verdict="go",
        packages={"sqlalchemy": "2.0.27 ready"},
    ),
    Case(
        name="SQLAlchemy before 2.0.31 on 3.13 moves to the first that runs",
        files={"requirements.txt": "sqlalchemy==2.0.27\n"},
        target=f"cp313-{LINUX}",
        verdict="conditional",
        packages={"sqlalchemy": "2.0.27 upgrade"},
        blockers=["sqlalchemy"],
        moves={"sqlalchemy": "2.0.31"},
        moved=1,
    ),
    Case(
        name="numexpr beside NumPy 2",
        files={"requirements.txt": "numpy==2.1.3\nnumexpr==2.8.8\n"},
        target=f"cp311-{LINUX}",
        index={
            "numpy": [a_file("numpy-2.1.3-cp311-cp311-manylinux_2_17_x86_64.whl")],
            "numexpr": [
                a_file(f"numexpr-{version}-cp311-cp311-manylinux_2_17_x86_64.whl", requires_dist=["numpy"])
                for version in ("2.8.8", "2.10.0", "2.11.0")
            ],
        },
        verdict="conditional",
        packages={"numexpr": "2.8.8 upgrade", "numpy": "2.1.3 ready"},
        moves={"numexpr": "2.10.0"},
        moved=1,
    ),
    Case(
        name="dictdiffer beside a setuptools without pkg_resources",
        files={"requirements.txt": "setuptools==82.0.0\ndictdiffer==0.8.0\n"},
        target=f"cp311-{LINUX}",
        index={
            "setuptools": [a_file("setuptools-82.0.0-py3-none-any.whl")],
            "dictdiffer": [a_file("dictdiffer-0.8.0-py3-none-any.whl"), a_file("dictdiffer-0.9.0-py3-none-any.whl")],
        },
        verdict="conditional",
        packages={"dictdiffer": "0.8.0 upgrade", "setuptools": "82.0.0 ready"},
        moves={"dictdiffer": "0.9.0"},
        moved=1,
    ),
]
