"""The wiring app."""

import sys

from django.apps import AppConfig

# These commands queue nothing, and importing Celery would take a tenth of their time.
_WITHOUT_JOBS = frozenset({"assess", "requirements"})


class CompatSiteConfig(AppConfig):
    """The app that registers the checks and the Celery tasks."""

    name = "compat_site"
    verbose_name = "Wheelway"

    def ready(self) -> None:
        """Register the checks, and make the Celery app the current one."""
        # Importing registers the checks.
        from django.contrib.auth.signals import user_logged_in

        import compat_site.checks
        from projects.sign_in_time import note_sign_in

        user_logged_in.connect(note_sign_in, dispatch_uid="sign_in_time")

        if sys.argv[1:2] and sys.argv[1] in _WITHOUT_JOBS:
            return
        # Tasks belong to the app that is current when they are first used.
        import compat_site.celery  # noqa: F401  imported for that
