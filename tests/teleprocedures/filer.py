"""A treasurer who files annual accounts with a browser (Django's test client)."""

import io
import re
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.kernel import clock

SIREN, OTHER_SIREN = "732829320", "404833048"
PROFILE = {
    "name": "Les Amis du Lavoir",
    "address": "12 rue des Tilleuls",
    "postcode": "37000",
    "city": "Tours",
    "contact": "Camille Dubreuil",
    "phone": "0247000000",
    "in_register": True,
}
LINK = re.compile(r"https://guichet\.example(/c/\w+)")


def an_association(siren: str = SIREN, **changes: Any) -> Account:
    """An association that has an account."""
    values = {"email": "tresorier@lavoir.example", "profile": PROFILE, "terms_version": "1", **changes}
    account = Account(espace="association", identifier=siren, created_at=clock.now(), **values)
    account.set_unusable_password()
    account.save()
    return account


def a_pdf(pages: int = 1) -> bytes:
    """A sound PDF of so many blank pages."""
    pdf, content = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.save(content)
    return content.getvalue()


def a_file(name: str = "comptes.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, a_pdf() if content is None else content, "application/pdf")


def a_browser() -> Any:
    """The browser of somebody who is not signed in."""
    return Client()


class Filer:
    """Does what a person does: opens pages, fills in forms, presses buttons."""

    def __init__(self, client: Any, account: Account) -> None:
        self.client, self.account = client, account
        client.force_login(account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of this téléprocédure."""
        return reverse(f"comptes_annuels:{name}", args=args)

    def begin(self) -> Depot:
        """Presses « Commencer le dépôt »."""
        self.client.post(self.at("start"))
        return Depot.objects.get(account=self.account, state="brouillon")

    def exercice(self, draft: Depot, date: str = "31/12/2025", nature: str = "initial") -> Any:
        """Answers the first question."""
        return self.client.post(
            self.at("step", draft.id, "exercice"), {"date_cloture": date, "nature": nature}
        )

    def coordonnees(self, draft: Depot) -> Any:
        """Confirms what the second page shows."""
        page = self.client.get(self.at("step", draft.id, "coordonnees"))
        return self.client.post(self.at("step", draft.id, "coordonnees"), hidden(page))

    def upload(self, draft: Depot, *files: SimpleUploadedFile) -> Any:
        """Adds files."""
        return self.client.post(self.at("documents", draft.id), {"upload": files or (a_file(),)})

    def ready(self, date: str = "31/12/2025", nature: str = "initial") -> Depot:
        """A draft that only has to be submitted."""
        draft = self.begin()
        self.exercice(draft, date, nature)
        self.coordonnees(draft)
        self.upload(draft)
        return draft

    def submit(self, draft: Depot) -> Any:
        """Accepts the terms and presses « Transmettre… »."""
        return self.client.post(self.at("check", draft.id), {"accepted_terms": "on"})

    def filed(self, date: str = "31/12/2025", nature: str = "initial") -> Depot:
        """A filing that waits for its confirmation."""
        draft = self.ready(date, nature)
        self.submit(draft)
        draft.refresh_from_db()
        return draft

    def link(self, depot: Depot) -> str:
        """The link in the last message about a filing."""
        body = Courrier.objects.filter(about=depot.evidence).latest("pk").body
        found = LINK.search(body)
        assert found, body
        return found[1]

    def confirmed(self, date: str = "31/12/2025", nature: str = "initial") -> Depot:
        """A filing that counts."""
        depot = self.filed(date, nature)
        self.client.post(self.link(depot))
        depot.refresh_from_db()
        return depot


def hidden(page: Any) -> dict[str, str]:
    """The hidden fields of a page of one form."""
    from html import unescape

    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}
