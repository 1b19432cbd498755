import pytest
from pytest_django.fixtures import Settings

from tests.hosting.fixtures import host
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
