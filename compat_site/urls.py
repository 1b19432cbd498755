"""The team's pages under /, and the health check."""

from django.urls import include, path

from compat_site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("projects.urls")),
]
