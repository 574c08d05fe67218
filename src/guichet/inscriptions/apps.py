"""The room of the inscriptions."""

from django.apps import AppConfig


class InscriptionsConfig(AppConfig):
    """Companies, their people, their établissements and the declarations they chose."""

    name = "guichet.inscriptions"
