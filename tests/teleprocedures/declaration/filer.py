"""Somebody of a company with a browser, who transmits declarations."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guichet.depots.models import Depot
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.teleprocedures.declaration.rules import MONTH, periods

DSN = b"S10.G00.00.001,'Exemple'\r\n"


class Declarant:
    """Does what a person does: opens pages, answers, presses buttons."""

    def __init__(self, acteur: Acteur) -> None:
        self.acteur, self.account, self.client = acteur, acteur.account, Client()
        self.client.force_login(acteur.account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of the téléprocédure."""
        return reverse(f"declaration:{name}", args=args)

    def start(self, declaration: str = "") -> Any:
        """Opens the first page, from a tile or from the menu."""
        return self.client.get(self.at("start"), {"declaration": declaration} if declaration else {})

    def begin(self, declaration: str = "") -> Any:
        """Presses « Commencer la déclaration »."""
        query = f"?declaration={declaration}" if declaration else ""
        return self.client.post(self.at("start") + query)

    def draft(self) -> Depot:
        """What is in preparation."""
        return Depot.objects.get(account=self.account, state="brouillon")

    def choose(self, draft: Depot, declaration: str = "dsn") -> Any:
        """Answers the first question."""
        return self.client.post(self.at("step", draft.pk, "declaration"), {"declaration": declaration})

    def place(self, draft: Depot, siret: str = "", periode: str | None = None) -> Any:
        """Answers the second question, for one's own établissement and last month if not said."""
        answers = {
            "siret": siret or self.acteur.siret,
            "periode": last_month() if periode is None else periode,
        }
        return self.client.post(self.at("step", draft.pk, "etablissement"), answers)

    def upload(self, draft: Depot, content: bytes = DSN, name: str = "mars.dsn") -> Any:
        """Adds a file."""
        return self.client.post(
            self.at("documents", draft.pk), {"upload": SimpleUploadedFile(name, content)}, follow=True
        )

    def check(self, draft: Depot) -> Any:
        """« Vérifiez vos réponses »."""
        return self.client.get(self.at("check", draft.pk), follow=True)

    def submit(self, draft: Depot) -> Any:
        """Accepts the terms and presses « Transmettre cette déclaration »."""
        return self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"}, follow=True)

    def ready(self, declaration: str = "dsn", content: bytes = DSN) -> Depot:
        """A draft that only has to be submitted."""
        self.begin()
        draft = self.draft()
        self.choose(draft, declaration)
        self.place(draft)
        self.upload(draft, content)
        return draft

    def filed(self, content: bytes = DSN) -> Depot:
        """A declaration that counts."""
        draft = self.ready(content=content)
        self.submit(draft)
        draft.refresh_from_db()
        assert draft.state == "confirme", draft.data
        return draft


def last_month() -> str:
    """The period that most declare."""
    return periods(MONTH, clock.today())[1]
