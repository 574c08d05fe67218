"""The room of the rights to file."""

from django.apps import AppConfig


class HabilitationsConfig(AppConfig):
    """Rights: person × établissement × declaration × period × origin."""

    name = "guichet.habilitations"
