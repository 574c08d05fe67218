"""Somebody who sends documents with a browser, one page after the other."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.foyers.models import Personne
from guichet.kernel import clock
from tests.espaces.prive.people import somebody

SAID = {"nom": "acte de naissance", "type": "autre", "personne": "moi", "commentaire": "Pour mon dossier."}
STEPS = {"nom": "name", "type": "type", "personne": "person", "commentaire": "comment"}


def a_photograph(words: str = "page", *, size: tuple[int, int] = (600, 800)) -> SimpleUploadedFile:
    """A JPEG file; no two with other ``words`` are the same."""
    image, content = Image.new("RGB", size, "white"), io.BytesIO()
    ImageDraw.Draw(image).text((40, 40), words, fill="black")
    image.save(content, "JPEG", quality=85)
    return SimpleUploadedFile(f"{words}.jpg", content.getvalue(), "image/jpeg")


def a_child(account: Account, name: str = "Emma") -> Personne:
    """A child of the household of ``account``."""
    now = clock.now()
    return Personne.objects.create(
        account=account, lien="enfant", last_name="Exemple", first_name=name, created_at=now, updated_at=now
    )


class Sender:
    """Does what a person does: opens pages, fills in forms, presses buttons."""

    def __init__(self, account: Account | None = None) -> None:
        self.account = account or somebody()
        self.client: Any = Client()
        self.client.force_login(self.account)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of this téléprocédure."""
        return reverse(f"depot_spontane:{name}", args=args)

    def begin(self, number: int | str = 1) -> Depot:
        """Presses « D’autres documents », and says how many."""
        self.client.post(self.at("begin"))
        draft = Depot.objects.get(account=self.account, state="brouillon")
        self.post(draft, "number", nombre=str(number))
        return self.again(draft)

    def again(self, draft: Depot) -> Depot:
        """The draft as it stands by now."""
        return Depot.objects.get(pk=draft.pk)

    def get(self, draft: Depot, name: str, *args: Any) -> Any:
        """Opens a page of the draft."""
        return self.client.get(self.at(name, draft.pk, *args))

    def post(self, draft: Depot, name: str, *args: Any, **typed: Any) -> Any:
        """Sends a form of the draft."""
        return self.client.post(self.at(name, draft.pk, *args), typed)

    def say(self, draft: Depot, document: int = 1, **changes: str) -> Any:
        """Answers all that is asked of one document; the last answer."""
        answer: Any = None
        for field, text in {**SAID, **changes}.items():
            answer = self.post(draft, STEPS[field], document, **{field: text})
            assert answer.status_code == 302, answer.content.decode()
        return answer

    def upload(self, draft: Depot, document: int, *files: SimpleUploadedFile) -> Any:
        """Adds files to a document."""
        return self.post(draft, "pages", document, upload=files)

    def fill(self, draft: Depot, document: int = 1, **changes: str) -> Any:
        """All that a document needs, and « Mon document est complet »."""
        self.say(draft, document, **changes)
        self.upload(draft, document, a_photograph(f"page-{document}"))
        return self.post(draft, "complete", document)

    def ready(self, number: int = 1) -> Depot:
        """A draft that only has to be transmitted."""
        draft = self.begin(number)
        for document in range(1, number + 1):
            self.fill(draft, document)
        return self.again(draft)

    def transmit(self, draft: Depot) -> Any:
        """Ticks the box and presses « Transmettre »."""
        return self.client.post(self.at("documents", draft.pk), {"accepted_terms": "on"}, follow=True)
