"""Mail: SMTP if WHEELWAY_MAIL_URL is set, else a file for each message in the data directory."""

from django.core.exceptions import ImproperlyConfigured

from compat_site.env import env
from compat_site.settings.installation import DATA_DIR

MAIL_DIR = DATA_DIR / "mail"
WHEELWAY_MAIL_URL = env.str("WHEELWAY_MAIL_URL", default="")
EMAIL_TIMEOUT = 10
if WHEELWAY_MAIL_URL:
    _mail = env.email_url("WHEELWAY_MAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("WHEELWAY_MAIL_FROM", default="Wheelway <wheelway@localhost>")
# Where mail servers return messages: each alert has an address of its own, with +… before the @. Empty: at the sender.
WHEELWAY_BOUNCE_ADDRESS = env.str("WHEELWAY_BOUNCE_ADDRESS", default="")
if WHEELWAY_BOUNCE_ADDRESS and not all(WHEELWAY_BOUNCE_ADDRESS.rpartition("@")):
    raise ImproperlyConfigured("WHEELWAY_BOUNCE_ADDRESS must be an e-mail address, such as bounces@wheelway.example.")
