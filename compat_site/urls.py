"""The team's pages under /, the health check, and the page for what Django refuses."""

from django.urls import include, path

from compat_site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("projects.urls")),
]
handler400 = "projects.views.errors.bad_request"
