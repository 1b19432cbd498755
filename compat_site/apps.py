from django.apps import AppConfig


class CompatSiteConfig(AppConfig):
    name = "compat_site"
    verbose_name = "Wheelway"

    def ready(self) -> None:
        # Importing registers the checks.
        from compat_site import checks

        assert checks
