"""Somebody of the espace privé with a browser, and what they do about their household."""

from typing import Any

from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.foyers.models import Personne

ADD = "ajouter:"
DETAILS = {"lien": "enfant", "nom": "Exemple", "prenom": "Emma", "naissance": "02/03/2015", "precisions": ""}


def change(person: Personne) -> str:
    """What the first question says where ``person`` is to be corrected."""
    return f"modifier:{person.pk}"


def removal(person: Personne) -> str:
    """The same, where ``person`` is to be removed."""
    return f"retirer:{person.pk}"


class Somebody:
    """Does what a person does: opens pages, answers, presses buttons."""

    def __init__(self, account: Account, *, csrf: bool = False) -> None:
        self.account, self.client = account, Client(enforce_csrf_checks=csrf)
        self.client.force_login(account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of the téléprocédure."""
        return reverse(f"foyer:{name}", args=args)

    def mine(self) -> Any:
        """« Votre foyer »."""
        return self.client.get(self.at("mine"))

    def propose(self, objet: str) -> Any:
        """Presses a button of « Votre foyer »."""
        return self.client.post(self.at("propose"), {"objet": objet})

    def draft(self) -> Depot:
        """What is in preparation."""
        return Depot.objects.get(account=self.account, state="brouillon")

    def begin(self) -> Depot:
        """Presses « Commencer la demande »."""
        self.client.post(self.at("start"))
        return self.draft()

    def choose(self, draft: Depot, objet: str) -> Any:
        """Answers the first question."""
        return self.client.post(self.at("step", draft.pk, "correction"), {"objet": objet})

    def tell(self, draft: Depot, objet: str, **typed: str) -> Any:
        """Answers the second question."""
        form = {**DETAILS, "pour": objet, **typed}
        return self.client.post(self.at("step", draft.pk, "personne"), form)

    def question(self, draft: Depot) -> Any:
        """The page of the second question."""
        return self.client.get(self.at("step", draft.pk, "personne"))

    def submit(self, draft: Depot) -> Any:
        """Accepts the terms and presses « Transmettre cette demande de correction »."""
        return self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"})

    def asked(self, objet: str = ADD, **typed: str) -> Depot:
        """A correction that waits for its decision."""
        draft = self.begin()
        self.choose(draft, objet)
        self.tell(draft, objet, **typed)
        self.submit(draft)
        draft.refresh_from_db()
        assert draft.state == "confirme", draft.data
        return draft
