"""An administrateur with a browser, who asks for a resiliation."""

from typing import Any

from django.test import Client
from django.urls import reverse

from guichet.depots.models import Depot
from guichet.inscriptions.models import Acteur

WHY = "L’entreprise cesse son activité à la fin du mois."


class Asker:
    """Does what a person does: opens pages, answers, presses buttons."""

    def __init__(self, acteur: Acteur) -> None:
        self.acteur, self.account, self.client = acteur, acteur.account, Client()
        self.client.force_login(acteur.account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of the téléprocédure."""
        return reverse(f"resiliation:{name}", args=args)

    def begin(self) -> Depot:
        """Presses « Commencer la demande »."""
        self.client.post(self.at("start"))
        return Depot.objects.get(account=self.account, state="brouillon")

    def choose(self, draft: Depot, objet: str) -> Any:
        """Answers the first question."""
        return self.client.post(self.at("step", draft.pk, "objet"), {"objet": objet})

    def say(self, draft: Depot, effet: str = "fin", motif: str = WHY) -> Any:
        """Answers the second one."""
        return self.client.post(self.at("step", draft.pk, "motif"), {"effet": effet, "motif": motif})

    def submit(self, draft: Depot) -> Any:
        """Accepts the terms and presses « Transmettre cette demande »."""
        return self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"}, follow=True)

    def asked(self, objet: str = "entreprise", effet: str = "fin") -> Depot:
        """A request that waits for its decision."""
        draft = self.begin()
        self.choose(draft, objet)
        self.say(draft, effet)
        self.submit(draft)
        draft.refresh_from_db()
        assert draft.state == "confirme", draft.data
        return draft
