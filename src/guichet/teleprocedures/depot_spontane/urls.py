"""The addresses of documents that are sent: /prive/documents/…"""

from django.urls import URLPattern

from guichet.teleprocedures.depot_spontane.screens import documents, pages, start, steps
from guichet.teleprocedures.depot_spontane.screens.envoi import SCREENS
from guichet.web.filing.urls import READ, WRITE, acknowledged_urls, pages_of

app_name = "depot_spontane"

DRAFT = "brouillons/<uuid:depot_id>/"
DOCUMENT = f"{DRAFT}documents/<int:document>/"
PAGE = f"{DOCUMENT}pages/<int:page_id>/"
BOTH = (*READ, *WRITE)

page = pages_of(SCREENS)
urlpatterns: list[URLPattern] = [
    page("", start.start, "start", *READ),
    page("commencer/", start.begin, "begin", *WRITE),
    page("types.json", steps.suggest, "suggest", *READ),
    page(DRAFT, start.resume, "draft", *READ),
    page(f"{DRAFT}nombre/", start.number, "number", *BOTH),
    page(f"{DRAFT}supprimer/", start.discard, "discard", *BOTH),
    page(f"{DRAFT}documents/", documents.documents, "documents", *BOTH),
    page(f"{DRAFT}documents/ajouter/", documents.add_document, "add_document", *WRITE),
    page(f"{DOCUMENT}retirer/", documents.remove_document, "remove_document", *BOTH),
    page(f"{DOCUMENT}nom/", steps.name, "name", *BOTH),
    page(f"{DOCUMENT}type/", steps.document_type, "type", *BOTH),
    page(f"{DOCUMENT}personne/", steps.person, "person", *BOTH),
    page(f"{DOCUMENT}commentaire/", steps.comment, "comment", *BOTH),
    page(f"{DOCUMENT}pages/", pages.pages, "pages", *BOTH),
    page(f"{DOCUMENT}complet/", pages.complete, "complete", *WRITE),
    page(f"{PAGE}image.png", pages.page_image, "page_image", *READ),
    page(f"{PAGE}tourner/", pages.page_turn, "page_turn", *WRITE),
    page(f"{PAGE}retirer/", pages.page_remove, "page_remove", *BOTH),
    page(f"{PAGE}<slug:direction>/", pages.page_move, "page_move", *WRITE),
    *acknowledged_urls(SCREENS),
]
