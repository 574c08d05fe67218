"""Somebody of an accounting firm, and somebody of a company, with browsers (Django's test client)."""

from typing import Any

from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.adhesions.models import Liste
from guichet.adhesions.operations import send_batch
from guichet.depots.models import Depot
from tests.adhesions.world import ALIVE


def a_browser() -> Any:
    """The browser of somebody who is not signed in."""
    return Client()


def signed_in(account: Account) -> Any:
    """The browser of ``account``."""
    client = Client()
    client.force_login(account)
    return client


class Cabinet:
    """Does what an accountant does: opens pages, answers, presses buttons."""

    def __init__(self, account: Account) -> None:
        self.account, self.client = account, signed_in(account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of the téléprocédure."""
        return reverse(f"adhesion:{name}", args=args)

    def begin(self) -> Depot:
        """Presses « Commencer la demande »."""
        self.client.post(self.at("start"))
        return Depot.objects.get(account=self.account, state="brouillon")

    def answer(self, draft: Depot, slug: str, **typed: Any) -> Any:
        """Answers one question."""
        return self.client.post(self.at("step", draft.pk, slug), typed)

    def ready(self, siren: str = ALIVE, services: tuple[str, ...] = ("tva", "is")) -> Depot:
        """A draft that only has to be submitted."""
        draft = self.begin()
        self.answer(draft, "entreprise", siren=siren)
        self.answer(draft, "services", services=services)
        self.answer(draft, "qualite", qualite="expert_comptable")
        return draft

    def asked(self, siren: str = ALIVE) -> Depot:
        """A request that waits for its company."""
        draft = self.ready(siren)
        self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"})
        draft.refresh_from_db()
        return draft

    def page(self, depot: Depot) -> Any:
        """The page of a request."""
        return self.client.get(self.at("depot", depot.pk))

    def give(self, text: str = "", **others: Any) -> Any:
        """Gives a list."""
        typed = {"text": text, "services": ["tva"], "qualite": "expert_comptable", **others}
        return self.client.post(self.at("list_new"), typed)

    def listed(self, text: str) -> Liste:
        """A list that waits to be sent."""
        answer = self.give(text)
        assert answer.status_code == 302, answer.content.decode()
        return Liste.objects.latest("created_at")

    def send(self, liste: Liste) -> Any:
        """Presses « Transmettre ces N demandes », and lets the worker work."""
        answer = self.client.post(self.at("list_send", liste.pk), {"accepted_terms": "on"})
        send_batch(liste_id=liste.pk)
        return answer
