"""The room of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """What is kept how long; copies of a person's data; accounts that are closed."""

    name = "guichet.retention"
