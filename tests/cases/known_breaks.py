"""Sets that install and are known not to run."""

from tests.cases.case import LINUX, Case
from tests.replay import a_file

FASTAPI_BACKEND = """\
fastapi==0.109.2
uvicorn[standard]==0.27.1
pydantic==2.6.1
pydantic-settings==2.1.0
sqlalchemy==2.0.27
alembic==1.13.1
psycopg2-binary==2.9.9
asyncpg==0.29.0
redis==5.0.1
hiredis==2.3.2
python-jose[cryptography]==3.3.0
passlib[bcrypt]==1.7.4
python-multipart==0.0.9
bcrypt==4.1.2
httpx==0.26.0
aiohttp==3.9.3
openai==1.12.0
python-dotenv==1.0.1
aiosmtplib==3.0.1
jinja2==3.1.3
structlog==24.1.0
sentry-sdk[fastapi]==1.40.3
python-dateutil==2.8.2
pyyaml==6.0.1
orjson==3.9.15
gunicorn==21.2.0
email-validator==2.1.0
"""

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
        reason={"sqlalchemy": "installs, but is known to break: `import sqlalchemy` fails with AssertionError"},
        blockers=["sqlalchemy"],
        moves={"sqlalchemy": "2.0.31"},
        moved=1,
    ),
    Case(
        name="a real FastAPI backend on 3.13",
        files={"requirements.txt": FASTAPI_BACKEND},
        target=f"cp313-{LINUX}",
        verdict="conditional",
        packages={"sqlalchemy": "2.0.27 upgrade", "alembic": "1.13.1 ready", "pydantic-core": "2.16.2 upgrade"},
        blockers=[
            *("aiohttp", "asyncpg", "hiredis", "orjson"),
            *("psycopg2-binary", "pydantic-core", "pyyaml", "sqlalchemy"),
        ],
        moves={"sqlalchemy": "2.0.31", "pydantic": "2.8.0", "pydantic-core": "2.20.0"},
        moved=9,
    ),
    Case(
        name="the recorded numexpr and NumPy",
        files={"requirements.txt": "numpy==2.1.3\nnumexpr==2.8.8\n"},
        target=f"cp311-{LINUX}",
        verdict="conditional",
        packages={"numexpr": "2.8.8 upgrade", "numpy": "2.1.3 ready"},
        reason={"numexpr": "installs, but is known to break with numpy 2.1.3: `import numexpr` fails with ImportError"},
        moves={"numexpr": "2.10.0"},
        moved=1,
    ),
    Case(
        name="the recorded dictdiffer and setuptools",
        files={"requirements.txt": "setuptools==82.0.0\ndictdiffer==0.8.0\n"},
        target=f"cp311-{LINUX}",
        verdict="conditional",
        packages={"dictdiffer": "0.8.0 upgrade", "setuptools": "82.0.0 ready"},
        reason={
            "dictdiffer": "installs, but is known to break with setuptools 82.0.0: `import dictdiffer` fails with "
            "ModuleNotFoundError: No module named 'pkg_resources'"
        },
        moves={"dictdiffer": "0.9.0"},
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
