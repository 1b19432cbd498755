"""URL patterns of the projects app."""

from django.urls import path, register_converter

from projects.converters import RowIdConverter
from projects.views import (
    accounts,
    indexes,
    mailbox,
    operator,
    packages,
    portfolio,
    projects,
    report,
    repository,
    risk,
    subscriptions,
    targets,
    upgrades,
    upstream,
    webhooks,
)
from projects.views import search as finding

register_converter(RowIdConverter, "row")

urlpatterns = [
    path("", portfolio.home, name="home"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", accounts.sign_in_link, name="sign-in-link"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("projects/", projects.projects, name="projects"),
    path("projects/add/", projects.project_add, name="project-add"),
    path("projects/<slug:slug>/", risk.project, name="project"),
    path("projects/<slug:slug>/cells/<slug:target>/<str:package>/", risk.project_cell, name="project-cell"),
    path("projects/<slug:slug>/export.<str:kind>", risk.project_export, name="project-export"),
    path("projects/<slug:slug>/targets/", projects.project_targets, name="project-targets"),
    path("projects/<slug:slug>/requirements/", projects.project_requirements, name="project-requirements"),
    path("projects/<slug:slug>/repository/", repository.project_repository, name="project-repository"),
    path("projects/<slug:slug>/packages/<str:name>/", packages.project_package, name="project-package"),
    path("projects/<slug:slug>/indexes/", indexes.project_indexes, name="project-indexes"),
    path("projects/<slug:slug>/indexes/<row:index>/login/", indexes.project_index_login, name="project-index-login"),
    path("projects/<slug:slug>/indexes/<row:index>/remove/", indexes.project_index_remove, name="project-index-remove"),
    path("projects/<slug:slug>/upgrade/<slug:target>/", upgrades.project_upgrade, name="project-upgrade"),
    path(
        "projects/<slug:slug>/upgrade/<slug:target>/<str:kind>/",
        upgrades.project_upgrade_file,
        name="project-upgrade-file",
    ),
    path("projects/<slug:slug>/when/<slug:target>/", targets.target, name="target"),
    path("projects/<slug:slug>/when/<slug:target>/watch/", targets.target_watch, name="target-watch"),
    path("projects/<slug:slug>/report/<slug:target>/", report.project_report, name="project-report"),
    path("projects/<slug:slug>/notes/<row:pk>/", upstream.note_dismiss, name="note-dismiss"),
    path("projects/<slug:slug>/follow/", subscriptions.follow, name="follow"),
    path("projects/<slug:slug>/watch/", subscriptions.watch, name="watch"),
    path("find/", finding.find, name="find"),
    path("packages/", packages.packages, name="packages"),
    path("packages/<str:name>/", packages.package, name="package"),
    path("alerts/", subscriptions.alerts, name="alerts"),
    path("alerts/test/", subscriptions.alerts_test, name="alerts-test"),
    path("alerts/<row:pk>/end/", subscriptions.watch_end, name="watch-end"),
    path("alerts/stop/<str:token>/", subscriptions.watch_stop, name="watch-stop"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:key>/", mailbox.mailbox, name="mailbox-message"),
    path("mailbox/<str:key>/html/", mailbox.mailbox_html, name="mailbox-html"),
    path("operator/", operator.operator, name="operator"),
    path("metrics", operator.metrics, name="metrics"),
    path("hooks/<slug:hook_key>/", webhooks.webhook, name="webhook"),
    path("hooks/<slug:hook_key>/upload/", webhooks.upload_hook, name="upload-hook"),
]
