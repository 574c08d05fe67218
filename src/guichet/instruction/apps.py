"""The room of the agents' work."""

from django.apps import AppConfig


class InstructionConfig(AppConfig):
    """Assignments, holds, exchanges, reasons, work in bulk."""

    name = "guichet.instruction"
