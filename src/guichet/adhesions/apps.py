"""The room of who acts for whom."""

from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    """Requests to companies, lists of them, colleagues, handing over."""

    name = "guichet.adhesions"
