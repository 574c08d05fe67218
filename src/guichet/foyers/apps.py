"""The room of the household."""

from django.apps import AppConfig


class FoyersConfig(AppConfig):
    """People known in a file, and what their person wants corrected."""

    name = "guichet.foyers"
