"""The app of the scanner."""

from django.apps import AppConfig


class ScannerConfig(AppConfig):
    """The app that polls indexes and stores their contents."""

    name = "scanner"
