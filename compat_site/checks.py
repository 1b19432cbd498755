"""System checks of the settings."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks
from scanner.selectors.known_breaks import recorded_breaks


@register(Tags.urls)
def check_site_root(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check SITE_ROOT. E001: it is not an origin. W001: it is missing although there may be several machines."""
    root: str = settings.SITE_ROOT
    if not root:
        if not settings.EMBEDDED:
            yield checks.Warning(
                "SITE_ROOT is not set, so links in e-mails point to this machine.",
                hint="Set SITE_ROOT to the address that users open, for example https://wheelway.example.",
                id="compat_site.W001",
            )
        return
    parts = urlsplit(root)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        yield Error(
            f"SITE_ROOT is {root!r}, but must be a scheme and a host.",
            hint="Leave out the path, for example https://wheelway.example or http://10.0.0.5:8000.",
            id="compat_site.E001",
        )


@register(Tags.database)
def check_database_and_broker(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check the broker. W002: PostgreSQL without Redis. E002: an address that is not one of Redis."""
    has_postgresql, has_redis = bool(settings.DATABASE_URL), bool(settings.REDIS_URL)
    if has_postgresql and not has_redis:
        yield checks.Warning(
            "DATABASE_URL is set and REDIS_URL is not: jobs run only in the process that queues them.",
            hint="Set REDIS_URL if web server and workers are separate processes.",
            id="compat_site.W002",
        )
    if has_redis and urlsplit(settings.REDIS_URL).scheme not in ("redis", "rediss", "unix"):
        yield Error(
            "REDIS_URL does not begin with redis://, rediss:// or unix://.",
            hint="For example redis://redis:6379/0.",
            id="compat_site.E002",
        )


@register(Tags.security, deploy=True)
def check_secret_key(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check SECRET_KEY outside the embedded default. E003: it is short or regular."""
    key: str = settings.SECRET_KEY
    if not settings.EMBEDDED and (len(key) < 32 or len(set(key)) < 10):
        yield Error(
            "SECRET_KEY is too short or too regular: sign-in links and sessions could be forged.",
            hint="Create one with `python -c 'import secrets; print(secrets.token_urlsafe(48))'`.",
            id="compat_site.E003",
        )


@register(Tags.urls)
def check_index_url(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check WHEELWAY_INDEX_URL. E004: it is no address. It may hold a password, so it is never shown."""
    url: str = settings.WHEELWAY_INDEX_URL
    if not url:
        return
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        yield Error(
            "WHEELWAY_INDEX_URL is not an http or https address.",
            hint="Give the root of the simple API, for example https://index.example/simple/.",
            id="compat_site.E004",
        )


@register(Tags.security)
def check_time_limits(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check REDIS_VISIBILITY_TIMEOUT. E005: Redis would deliver a job again while it still runs."""
    if not settings.REDIS_URL:
        return
    visibility: int = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if visibility <= settings.CELERY_TASK_TIME_LIMIT:
        yield Error(
            f"REDIS_VISIBILITY_TIMEOUT is {visibility} s and must exceed the time limit of jobs, "
            f"{settings.CELERY_TASK_TIME_LIMIT} s: a long job would run twice.",
            hint="Remove REDIS_VISIBILITY_TIMEOUT, or set it well above the time limit, for example to 900.",
            id="compat_site.E005",
        )


@register()
def check_known_breaks(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check WHEELWAY_KNOWN_BREAKS. E006: the file cannot be read."""
    try:
        recorded_breaks()
    except InvalidKnownBreaks as error:
        yield Error(
            f"WHEELWAY_KNOWN_BREAKS cannot be used: {error}",
            hint="docs/known-breaks.md describes the file.",
            id="compat_site.E006",
        )


@register(Tags.security)
def check_mail_sender(**kwargs: Any) -> Iterable[CheckMessage]:
    """Check the sender of mail. W003: SMTP with the sender of the embedded default, which most servers reject."""
    if settings.WHEELWAY_MAIL_URL and re.search(r"@localhost>?$", settings.DEFAULT_FROM_EMAIL):
        yield checks.Warning(
            "Mail is sent through SMTP from an address at localhost.",
            hint="Set WHEELWAY_MAIL_FROM, for example 'Wheelway <wheelway@example.com>'.",
            id="compat_site.W003",
        )
