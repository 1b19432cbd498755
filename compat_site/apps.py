from django.apps import AppConfig


class CompatSiteConfig(AppConfig):
    name = "compat_site"
    verbose_name = "Wheelway"

    def ready(self) -> None:
        # Importing registers the checks.
        import compat_site.checks  # noqa: F401  imported for that
