from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from projects import jobs
from tests.flows.installation import Installation
from tests.hosting.fixtures import host
from tests.hosting.git_server import GitServer
from tests.replay import ReplayIndex
from tests.services.smtp import SmtpServer

__all__ = ["host", "mail_server"]


@pytest.fixture
def mail_server(settings: Settings, smtp_server: SmtpServer) -> SmtpServer:
    """The real one, with messages sent to it as from a site of a team."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp_server.host, smtp_server.port
    settings.DEFAULT_FROM_EMAIL = "Wheelway <wheelway@team.example>"
    settings.PUBLIC_URL = "https://wheelway.example"
    return smtp_server


@pytest.fixture
def installed(
    host: GitServer, replay: ReplayIndex, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """Return an installation in which nothing is queued."""
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    for request in ("request_assessment", "request_delivery", "request_move"):
        monkeypatch.setattr(jobs, request, lambda pk: None)
    return Installation(host, replay, client)
