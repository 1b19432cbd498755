import sys

from django.apps import AppConfig

# They answer at a terminal and queue nothing, and Celery would take a tenth of their time.
_WITHOUT_JOBS = frozenset({"assess", "requirements"})


class CompatSiteConfig(AppConfig):
    name = "compat_site"
    verbose_name = "Wheelway"

    def ready(self) -> None:
        # Importing registers the checks.
        import compat_site.checks

        if sys.argv[1:2] and sys.argv[1] in _WITHOUT_JOBS:
            return
        # Tasks belong to the app that is current when they are first used.
        import compat_site.celery  # noqa: F401  imported for that
