"""The room of the requests by file."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Files of thousands of lines: parse, judge, apply, take back."""

    name = "guichet.imports"
