"""The wiring app."""

import gc
import sys

from django.apps import AppConfig

# These commands queue nothing, and importing Celery would take a tenth of their time.
_WITHOUT_JOBS = frozenset(
    {
        "assess",
        "audit",
        "check-facts",
        "claims",
        "collectstatic",
        "decide",
        "due",
        "makemigrations",
        "migrate",
        "move",
        "prove",
        "report",
        "requirements",
        "targets",
    }
)
# How many more objects there may be before the next look for garbage. A page or a search makes thousands that are gone
# at its end: at Python's own 700 they are looked through over and over, which takes a fifth of the time.
_COLLECT_AFTER = (50_000, 20, 20)


class CompatSiteConfig(AppConfig):
    """The app that registers the checks and the Celery tasks."""

    name = "compat_site"
    verbose_name = "Wheelway"

    def ready(self) -> None:
        """Register the checks, collect garbage less often, and make the Celery app the current one."""
        # Importing registers the checks.
        from django.contrib.auth.signals import user_logged_in

        import compat_site.checks
        from projects.sign_in_time import note_sign_in

        user_logged_in.connect(note_sign_in, dispatch_uid="sign_in_time")
        # Modules and models are no garbage.
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)
        gc.enable()

        if sys.argv[1:2] and sys.argv[1] in _WITHOUT_JOBS:
            return
        # Tasks belong to the app that is current when they are first used.
        import compat_site.celery  # noqa: F401  imported for that
