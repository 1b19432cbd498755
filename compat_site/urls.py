"""The URLs: the pages under /, the health check, and the page for requests that Django rejects."""

from django.urls import include, path

from compat_site.health import healthz
from projects.api.v1 import api

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("", include("projects.urls")),
]
handler400 = "projects.views.errors.bad_request"
handler500 = "projects.views.errors.server_error"
