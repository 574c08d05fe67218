"""``guichet django load_demo``: the fictitious register and accounts, where they are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from guichet.demo import operations


class Command(BaseCommand):
    help = "Charge le répertoire et les comptes fictifs de la démonstration, s’ils manquent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load, and print how to come in."""
        for invitation in operations.load():
            password = f", mot de passe {invitation.password}" if invitation.password else ""
            self.stdout.write(
                f"{invitation.label} : {invitation.url} (identifiant {invitation.identifier}{password})"
            )
