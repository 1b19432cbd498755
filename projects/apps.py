"""The app of the team's side."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The configuration of the app."""

    name = "projects"
