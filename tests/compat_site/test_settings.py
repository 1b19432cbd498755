"""Settings follow from the environment alone; each test imports them again under an environment of its own."""

import importlib
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import compat_site
from compat_site.env import env
from compat_site.postgresql import PooledConnection

SETTINGS = "compat_site.settings"
KEY = "a-key-for-these-tests-0123456789abcdef"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function: environment variables in, the settings' names and values out."""

    def load(**variables: str) -> dict[str, Any]:
        for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_ROOT", "HOST", "PORT", "WHEELWAY_MAIL_URL"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("WHEELWAY_DATA", str(tmp_path / "data"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        # django-environ keeps what it has read from _FILE variables.
        env.ENVIRON.files_cache.clear()
        monkeypatch.setattr(compat_site, "settings", None)
        for name in [name for name in sys.modules if name.startswith(SETTINGS)]:
            monkeypatch.delitem(sys.modules, name)
        return dict(vars(importlib.import_module(SETTINGS)))

    return load


def test_without_variables_everything_is_embedded(load: Any, tmp_path: Path) -> None:
    settings = load()
    assert settings["EMBEDDED"]
    assert settings["DATABASES"]["default"]["ENGINE"] == "compat_site.sqlite"
    assert settings["DATABASES"]["default"]["NAME"] == tmp_path / "data" / "wheelway.sqlite3"
    assert settings["CELERY_BROKER_URL"].startswith("memory://")
    assert settings["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert settings["EMAIL_FILE_PATH"] == tmp_path / "data" / "mail"


def test_sqlite_takes_its_write_lock_when_a_transaction_begins(load: Any) -> None:
    options = load()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_embedded_key_is_made_once_and_only_its_owner_reads_it(load: Any, tmp_path: Path) -> None:
    first = load()["SECRET_KEY"]
    assert len(first) >= 50
    assert load()["SECRET_KEY"] == first
    file = tmp_path / "data" / "secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "variables",
    [{"DATABASE_URL": "postgresql://w@db/w"}, {"REDIS_URL": "redis://redis:6379/0"}],
    ids=["PostgreSQL", "Redis"],
)
def test_production_refuses_to_start_without_a_key_and_says_how_to_make_one(
    load: Any, variables: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE.*token_urlsafe"):
        load(**variables)
    assert not (tmp_path / "data").exists()


def test_a_secret_may_come_from_a_file(load: Any, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    settings = load(SECRET_KEY_FILE=str(file), DATABASE_URL="postgresql://w@db/w")
    assert settings["SECRET_KEY"].strip() == KEY


def test_postgresql_is_pooled_and_its_connections_are_checked(load: Any) -> None:
    url = "postgresql://wheel:pa%24s@db.internal:5433/way?sslmode=require"
    database = load(SECRET_KEY=KEY, DATABASE_URL=url, DATABASE_POOL_MAX="7")["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.internal", 5433, "way")
    assert (database["USER"], database["PASSWORD"]) == ("wheel", "pa$s")
    pool = {"connection_class": PooledConnection, "min_size": 1, "max_size": 7, "timeout": 10}
    assert database["OPTIONS"]["pool"] == pool
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["CONN_HEALTH_CHECKS"] is True
    # Django refuses persistent connections beside a pool.
    assert not database.get("CONN_MAX_AGE")


def test_postgresql_may_listen_on_a_unix_socket(load: Any) -> None:
    settings = load(SECRET_KEY=KEY, DATABASE_URL="postgresql://postgres@%2Frun%2Fpostgresql/wheelway")
    assert settings["DATABASES"]["default"]["HOST"] == "/run/postgresql"


def test_other_databases_are_refused(load: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        load(SECRET_KEY=KEY, DATABASE_URL="mysql://w@db/w")


def test_redis_hands_out_a_job_again_only_after_its_time_limit_and_sweeps_often(load: Any) -> None:
    settings = load(SECRET_KEY=KEY, REDIS_URL="redis://redis:6379/0")
    options = settings["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert options["visibility_timeout"] > settings["CELERY_TASK_TIME_LIMIT"]
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10
    assert settings["CELERY_TASK_ACKS_LATE"]
    assert settings["CELERY_TASK_REJECT_ON_WORKER_LOST"]
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://redis:6379/0"


def test_what_people_wait_for_has_a_queue_of_its_own(load: Any) -> None:
    settings = load()
    assert [queue.name for queue in settings["CELERY_TASK_QUEUES"]] == ["interactive", "searches", "polling", "alerts"]
    used = {route["queue"] for route in settings["CELERY_TASK_ROUTES"].values()}
    assert used <= {"interactive", "searches", "polling", "alerts"}
    assert settings["CELERY_TASK_DEFAULT_QUEUE"] == "interactive"


def test_https_turns_on_what_only_https_can_have(load: Any) -> None:
    settings = load(SECRET_KEY=KEY, DATABASE_URL="postgresql://w@db/w", SITE_ROOT="https://wheelway.example/")
    assert settings["PUBLIC_URL"] == "https://wheelway.example"
    assert settings["ALLOWED_HOSTS"] == ["wheelway.example"]
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://wheelway.example"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] > 0


def test_plain_http_keeps_cookies_usable(load: Any) -> None:
    settings = load(HOST="0.0.0.0", PORT="9000")
    assert not settings["SESSION_COOKIE_SECURE"]
    assert settings["PUBLIC_URL"] == "http://127.0.0.1:9000"
    assert "localhost" in settings["ALLOWED_HOSTS"]
    assert "*" not in settings["ALLOWED_HOSTS"]


def test_policy_for_pages_allows_nothing_inline_and_nothing_from_elsewhere(load: Any) -> None:
    directives = load()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'"}


def test_mail_goes_through_smtp_when_there_is_an_address(load: Any) -> None:
    settings = load(WHEELWAY_MAIL_URL="smtp+tls://bob:se%2Fcret@mail.example:587")
    assert settings["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.example", 587)
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("bob", "se/cret")
    assert settings["EMAIL_USE_TLS"]
    assert settings["EMAIL_TIMEOUT"]


def test_other_sites_sign_in_where_they_are_configured_only(load: Any) -> None:
    assert load()["SOCIALACCOUNT_PROVIDERS"] == {}
    settings = load(
        WHEELWAY_GITHUB_CLIENT_ID="one",
        WHEELWAY_GITLAB_CLIENT_ID="two",
        WHEELWAY_GITLAB_URL="https://git.example",
        WHEELWAY_OIDC_CLIENT_ID="three",
        WHEELWAY_OIDC_CLIENT_SECRET="hidden",
        WHEELWAY_OIDC_URL="https://id.example",
    )
    providers = settings["SOCIALACCOUNT_PROVIDERS"]
    assert list(providers) == ["github", "gitlab", "openid_connect"]
    assert providers["gitlab"]["APPS"][0]["settings"] == {"gitlab_url": "https://git.example"}
    assert (providers["openid_connect"]["APPS"][0]["secret"], settings["WHEELWAY_SOCIAL_SIGN_UP"]) == ("hidden", False)
    assert "allauth.socialaccount.providers.openid_connect" in settings["INSTALLED_APPS"]
    forms_lead_to = settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]
    assert forms_lead_to[1:] == ["https://github.com", "https://git.example", "https://id.example"]
