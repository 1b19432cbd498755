"""Ways in (django-allauth): passwords, second factors, passkeys, and accounts of other sites where configured."""

from typing import Any
from urllib.parse import urlsplit

from compat_site.env import env

# How long after signing in one may change secrets and members, and delete things.
RECENT_SIGN_IN_SECONDS = env.int("RECENT_SIGN_IN_SECONDS", default=3600)

ACCOUNT_ADAPTER = "projects.ways_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
# Alerts go to verified addresses only; signing in does not wait for that.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A stranger who asks for a new password learns nothing, and writes to nobody.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = RECENT_SIGN_IN_SECONDS
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]

MFA_ADAPTER = "projects.ways_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Accounts are made by invitation, so nobody can register the address of a stranger. Many accounts have no address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One period before and after: clocks differ.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Wheelway"

SOCIALACCOUNT_ADAPTER = "projects.ways_in.SocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
# Whether somebody whom another site knows gets an account without an invitation.
WHEELWAY_SOCIAL_SIGN_UP = env.bool("WHEELWAY_SOCIAL_SIGN_UP", default=False)


def _app(client_id: str, secret: str) -> dict[str, Any] | None:
    """Return the client of another site, None where it is not configured."""
    return {"client_id": client_id, "secret": secret, "key": ""} if client_id else None


SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {}
_github = _app(env.str("WHEELWAY_GITHUB_CLIENT_ID", default=""), env.str("WHEELWAY_GITHUB_CLIENT_SECRET", default=""))
if _github:
    SOCIALACCOUNT_PROVIDERS["github"] = {"APPS": [_github], "SCOPE": ["read:user", "user:email"]}
    if _url := env.str("WHEELWAY_GITHUB_URL", default=""):
        SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"] = _url
_gitlab = _app(env.str("WHEELWAY_GITLAB_CLIENT_ID", default=""), env.str("WHEELWAY_GITLAB_CLIENT_SECRET", default=""))
if _gitlab:
    _gitlab["settings"] = {"gitlab_url": env.str("WHEELWAY_GITLAB_URL", default="https://gitlab.com")}
    SOCIALACCOUNT_PROVIDERS["gitlab"] = {"APPS": [_gitlab], "SCOPE": ["read_user"]}
_oidc = _app(env.str("WHEELWAY_OIDC_CLIENT_ID", default=""), env.str("WHEELWAY_OIDC_CLIENT_SECRET", default=""))
if _oidc:
    _oidc |= {
        "provider_id": "oidc",
        "name": env.str("WHEELWAY_OIDC_NAME", default="your organisation"),
        "settings": {"server_url": env.str("WHEELWAY_OIDC_URL"), "token_auth_method": "client_secret_basic"},
    }
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {"APPS": [_oidc], "OAUTH_PKCE_ENABLED": True}

# Where a form that signs in may lead: browsers hold redirects to the content security policy, too.
SIGN_IN_ORIGINS = [
    f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
    for provider, url in (
        ("github", env.str("WHEELWAY_GITHUB_URL", default="https://github.com")),
        ("gitlab", env.str("WHEELWAY_GITLAB_URL", default="https://gitlab.com")),
        ("openid_connect", env.str("WHEELWAY_OIDC_URL", default="")),
    )
    if provider in SOCIALACCOUNT_PROVIDERS
]
SIGN_IN_APPS = [
    # allauth says with it how long ago a key was used.
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{provider}" for provider in SOCIALACCOUNT_PROVIDERS),
]
