from typing import Any

import pytest
from django.test import override_settings

from compat_site import checks

PRODUCTION = {"EMBEDDED": False, "DATABASE_URL": "postgresql://w@db/w", "REDIS_URL": "redis://redis:6379/0"}
GOOD_KEY = "fA7x-Lq0Pz3-Wm9Kd2-Rt6Vb1-Yn8Hc5-Js4Gu"


@pytest.mark.parametrize(
    ("check", "settings", "expected"),
    [
        (checks.check_site_root, {"SITE_ROOT": "", "EMBEDDED": True}, []),
        (checks.check_site_root, {"SITE_ROOT": "", "EMBEDDED": False}, ["compat_site.W001"]),
        (checks.check_site_root, {"SITE_ROOT": "https://wheelway.example"}, []),
        (checks.check_site_root, {"SITE_ROOT": "http://10.0.0.5:8000"}, []),
        (checks.check_site_root, {"SITE_ROOT": "wheelway.example"}, ["compat_site.E001"]),
        (checks.check_known_breaks, {"WHEELWAY_KNOWN_BREAKS": ""}, []),
        (checks.check_known_breaks, {"WHEELWAY_KNOWN_BREAKS": "/no/such/file.toml"}, ["compat_site.E006"]),
        (checks.check_site_root, {"SITE_ROOT": "https://wheelway.example/app"}, ["compat_site.E001"]),
        (checks.check_site_root, {"SITE_ROOT": "ftp://wheelway.example"}, ["compat_site.E001"]),
        (checks.check_database_and_broker, {"DATABASE_URL": "", "REDIS_URL": ""}, []),
        (checks.check_database_and_broker, PRODUCTION, []),
        (checks.check_database_and_broker, PRODUCTION | {"REDIS_URL": ""}, ["compat_site.W002"]),
        (checks.check_database_and_broker, PRODUCTION | {"REDIS_URL": "amqp://mq"}, ["compat_site.E002"]),
        (checks.check_secret_key, PRODUCTION | {"SECRET_KEY": GOOD_KEY}, []),
        (checks.check_secret_key, PRODUCTION | {"SECRET_KEY": "changeme"}, ["compat_site.E003"]),
        (checks.check_secret_key, PRODUCTION | {"SECRET_KEY": "x" * 64}, ["compat_site.E003"]),
        (checks.check_index_url, {"WHEELWAY_INDEX_URL": ""}, []),
        (checks.check_index_url, {"WHEELWAY_INDEX_URL": "https://u:p@index.example/simple/"}, []),
        (checks.check_index_url, {"WHEELWAY_INDEX_URL": "index.example/simple"}, ["compat_site.E004"]),
        (checks.check_index_url, {"WHEELWAY_INDEX_URL": "https://index.example:port/"}, ["compat_site.E004"]),
        (checks.check_index_url, {"WHEELWAY_INDEX_URL": "https://u:p@[::1/simple/"}, ["compat_site.E004"]),
        (
            checks.check_time_limits,
            PRODUCTION | {"CELERY_BROKER_TRANSPORT_OPTIONS": {"visibility_timeout": 900}},
            [],
        ),
        (
            checks.check_time_limits,
            PRODUCTION | {"CELERY_BROKER_TRANSPORT_OPTIONS": {"visibility_timeout": 300}},
            ["compat_site.E005"],
        ),
        (checks.check_time_limits, {"REDIS_URL": ""}, []),
        (
            checks.check_mail_sender,
            {"WHEELWAY_MAIL_URL": "smtp://mail.example", "DEFAULT_FROM_EMAIL": "Wheelway <wheelway@localhost>"},
            ["compat_site.W003"],
        ),
        (
            checks.check_mail_sender,
            {"WHEELWAY_MAIL_URL": "smtp://mail.example", "DEFAULT_FROM_EMAIL": "wheelway@team.example"},
            [],
        ),
        (checks.check_mail_sender, {"WHEELWAY_MAIL_URL": ""}, []),
    ],
)
def test_settings_are_checked_and_every_finding_says_what_to_do(
    check: Any, settings: dict[str, Any], expected: list[str]
) -> None:
    with override_settings(CELERY_TASK_TIME_LIMIT=300, **settings):
        found = list(check())
    assert [message.id for message in found] == expected
    assert all(message.hint for message in found)


def test_the_index_password_is_not_shown() -> None:
    with override_settings(WHEELWAY_INDEX_URL="https://robot:hunter2@index.example:port/"):
        (message,) = checks.check_index_url()
    assert "hunter2" not in str(message)
