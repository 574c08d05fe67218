"""What a receipt says, as plain data for its layout (``receipt.typ``). Everything in French, from gettext."""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from guichet.accounts.definitions import espace
from guichet.depots import queries
from guichet.depots.definitions import DocumentRules, Teleprocedure, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.kernel.dates import moment_in_words
from guichet.kernel.identifiers import Siren
from guichet.kernel.sizes import size_in_words

Content = dict[str, Any]
T = TypeVar("T")

# What the fonts of typst's wheel can write. PDF/A allows no missing glyph: the rest is named by its code.
_UNWRITABLE = re.compile(
    "[^\\n -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2010-\u2026\u202f\u20ac]"
)
_BREAKABLE = re.compile(r" (?=[?!;:»])|(?<=«) |(?<=\b[LR]\.) ")


def verification_url(depot: Depot) -> str:
    """The public page that says what the receipt proves, and nothing more."""
    return urljoin(settings.BASE_URL, f"/v/{depot.verification_code}")


def content(depot: Depot) -> Content:
    """All that the receipt of ``depot`` says (art. R112-11-1 CRPA), ready for the layout."""
    definition = teleprocedure(depot.teleprocedure)
    with override("fr"):
        said = _heading(depot, definition) | {"sections": _sections(depot, definition)}
    written: Content = writable(said)
    return written | {"qr": _qr(verification_url(depot))}


def _sections(depot: Depot, definition: Teleprocedure) -> list[Content]:
    if definition.documents:
        return _with_documents(depot, definition, definition.documents)
    return _with_files(depot, definition) if definition.files else _without(depot, definition)


def _with_documents(depot: Depot, definition: Teleprocedure, rules: DocumentRules) -> list[Content]:
    """Nothing is published: each document stands there as it was filed."""
    return [
        _filing(depot, definition),
        _filer(depot),
        _documents(depot, rules),
        _service(definition),
        _notice(depot, definition),
        _answers(depot, definition),
    ]


def _with_files(depot: Depot, definition: Teleprocedure) -> list[Content]:
    return [
        _filing(depot, definition),
        _filer(depot),
        _received(depot),
        *([_published(depot)] if definition.publication else []),
        _service(definition),
        _notice(depot, definition),
        _answers(depot, definition),
    ]


def _without(depot: Depot, definition: Teleprocedure) -> list[Content]:
    """The answers are what was filed: they come where the files would, and not last."""
    return [
        _filing(depot, definition),
        _filer(depot),
        _answers(depot, definition),
        _service(definition),
        _notice(depot, definition),
    ]


def _heading(depot: Depot, definition: Teleprocedure) -> Content:
    title = _("Accusé de réception")
    return {
        "title": title,
        "subtitle": _(definition.label),
        "author": definition.service.name,
        "keywords": [f"reference={depot.reference}"],
        "description": f"{title} {depot.reference}",
        "reference": depot.reference,
        "footer": f"{settings.PORTAL_NAME} · {title} {depot.reference}",
        "qr_alt": _("Code à scanner pour vérifier cet accusé : {url}").format(url=verification_url(depot)),
        "opening": _opening(definition),
        "reference_label": _("Référence {of_the}").format(of_the=_(definition.noun.of_the)),
        "moments": _moments(depot, definition),
        "page_label": _("Page"),
    }


def _opening(definition: Teleprocedure) -> list[str]:
    said = _("Le service désigné ci-dessous a reçu {this}. Cet accusé en est la preuve : conservez-le.")
    said = said.format(this=_(definition.noun.this))
    fake = _("DÉMONSTRATION : données fictives, cet accusé n’a aucune valeur.")
    return [held(text) for text in ([fake, said] if settings.DEMO else [said])]


def _moments(depot: Depot, definition: Teleprocedure) -> list[Content]:
    """The two moments that nobody may take for one another: received, confirmed; one where they are one."""
    received, confirmed = _known(depot.submitted_at), _known(depot.confirmed_at)
    label = _("Fichiers reçus le")
    held = _("Date de réception : le portail détient les fichiers et les réponses depuis ce moment.")
    if definition.documents:
        label = _("Documents reçus le")
        held = _("Date de réception : le portail détient les documents et les réponses depuis ce moment.")
    elif definition.files is None:
        label = _("Réponses reçues le")
        held = _("Date de réception : le portail détient les réponses depuis ce moment.")
    if definition.confirmation is None:
        counts = _("Le dossier compte depuis ce moment : il n’y avait rien à confirmer.")
        value = moment_in_words(received)
        return [{"label": _("Dossier reçu le"), "value": value, "note": f"{held} {counts}"}]
    return [
        {"label": label, "value": moment_in_words(received), "note": held},
        {
            "label": _("Dépôt confirmé le"),
            "value": moment_in_words(confirmed),
            "note": _(
                "Le déposant a confirmé par le lien reçu par courriel : le dépôt compte depuis ce moment."
            ),
        },
    ]


def _filing(depot: Depot, definition: Teleprocedure) -> Content:
    rows = [
        (_("Démarche"), _(definition.label)),
        (_("Objet"), capfirst(definition.unique(depot.account, depot.data).label)),
        *([] if depot.stands_alone else [(_("Version"), version_in_words(depot.version))]),
    ]
    return _section(capfirst(_(definition.noun.the)), rows)


def version_in_words(version: int) -> str:
    """« Initial », or « Rectificatif n° 1 »."""
    return _("Rectificatif n° {number}").format(number=version) if version else _("Initial")


def _filer(depot: Depot) -> Content:
    identifier = espace(depot.espace).identifier
    rows = [
        (_("Pour le compte de"), depot.subject_name),
        *([(_("Numéro SIREN"), Siren(depot.siren).grouped)] if depot.siren else []),
        (_("Qualité du déposant"), _(depot.capacity)),
        (
            _("Compte utilisé"),
            f"{_(identifier.label)} {identifier.display(depot.account.identifier, depot.account.profile)}",
        ),
    ]
    return _section(_("Le déposant"), rows)


def _received(depot: Depot) -> Content:
    title = _("Les fichiers tels que nous les avons reçus, avec leur empreinte SHA-256")
    return _section(title, files=queries.received(depot))


def _published(depot: Depot) -> Content:
    file = _known(queries.published(depot))
    if [file.stored_id] == [each.stored_id for each in queries.received(depot)]:
        return _section(
            _("Le document destiné à la publication"), paragraphs=[_("Le fichier reçu, sans changement.")]
        )
    told = [_("Nous l’avons préparé à partir des fichiers reçus. Ce qui a été changé :"), *file.changes]
    return _section(_("Le document destiné à la publication"), files=[file], paragraphs=told)


def _documents(depot: Depot, rules: DocumentRules) -> Content:
    """Each with what its filer called it, and its type; about whom it is, the answers say."""
    said = {each.number: each for each in rules.described(depot)}
    title = _("Les documents tels que nous les avons reçus, avec leur empreinte SHA-256")
    section = _section(title)
    for file in queries.documents(depot):
        told, of_file = said[file.position], _file(file)
        name = _("Document {number} : {name}").format(number=file.position, name=told.name)
        facts = {"name": name, "size": f"{_(told.type_label)}, {of_file['size']}"}
        section["files"].append(of_file | facts)
    return section


def _answers(depot: Depot, definition: Teleprocedure) -> Content:
    return _section(
        _("Vos réponses") if definition.files or definition.documents else _("Ce qui est demandé"),
        [(_(row.label), _(row.value)) for row in definition.answers(depot.data)],
    )


def _service(definition: Teleprocedure) -> Content:
    service = definition.service
    rows = [
        (_("Service"), service.name),
        (_("Adresse"), "\n".join(service.address)),
        (_("Courriel"), service.email),
        (_("Téléphone"), service.phone_in_pairs),
    ]
    return _section(_("Le service chargé du dossier"), rows)


def _notice(depot: Depot, definition: Teleprocedure) -> Content:
    seal = _(
        "Il est signé par le cachet électronique du portail : toute modification se voit. Il est établi en "
        "application des articles L. 112-11 et R. 112-11-1 du code des relations entre le public et "
        "l’administration."
    )
    check = _("Chacun peut vérifier cet accusé à l’adresse {url} ou avec le code imprimé en haut.")
    check = check.format(url=verification_url(depot))
    told = [_proof(definition), *definition.legal_notice(depot), seal, check]
    return _section(_("Ce que prouve cet accusé"), paragraphs=told)


def _proof(definition: Teleprocedure) -> str:
    if definition.documents:
        return _(
            "Cet accusé prouve que les documents dont l’empreinte figure ci-dessus, et aucun autre, ont été "
            "reçus à la date indiquée ; il ne dit rien de leur contenu, ni de la suite qui leur sera donnée."
        )
    if definition.files is None:
        return _(
            "Cet accusé prouve que les réponses qui figurent ci-dessus, et aucune autre, ont été reçues à la "
            "date indiquée ; il ne dit pas qu’elles sont exactes, ni que la demande est acceptée."
        )
    if definition.confirmation is None:
        return _(
            "Cet accusé prouve que les fichiers dont l’empreinte figure ci-dessus, et aucun autre, ont été "
            "reçus à la date indiquée ; il ne dit rien de leur contenu ni de leur conformité."
        )
    return _(
        "Cet accusé prouve que les fichiers dont l’empreinte figure ci-dessus, et aucun autre, ont été reçus "
        "puis confirmés aux deux dates indiquées ; il ne dit rien de leur contenu ni de leur conformité."
    )


def _section(
    title: str,
    rows: Iterable[tuple[str, object]] = (),
    *,
    files: Sequence[DepotFile] = (),
    paragraphs: Sequence[str] = (),
) -> Content:
    return {
        "title": title,
        "rows": [{"label": label, "value": str(value)} for label, value in rows],
        "files": [_file(file) for file in files],
        "paragraphs": [held(text) for text in paragraphs],
    }


def _file(file: DepotFile) -> Content:
    pages = ngettext("{pages} page", "{pages} pages", file.pages).format(pages=file.pages)
    size = f"{_size(file.size)}, {pages}" if file.pages else _size(file.size)  # of a PDF or an image alone
    return {"name": file.name, "size": size, "sha256": file.stored_id}


def _size(size: int) -> str:
    """In words, and to the byte: « 1,8 ko (1 812 octets) »."""
    words = size_in_words(size)
    exact = f"{size:,}".replace(",", "\u202f")
    return words if size < 1000 else _("{size} ({bytes} octets)").format(size=words, bytes=exact)


def held(text: str) -> str:
    """``text`` with the blanks of French punctuation made no-break ones."""
    return _BREAKABLE.sub("\u00a0", text)


def _qr(url: str) -> str:
    drawing = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawing, kind="svg", border=2)
    return drawing.getvalue().decode()


def writable(value: Any) -> Any:
    """``value`` with every sign that the fonts lack written as « [U+1F600] »."""
    if isinstance(value, str):
        return _UNWRITABLE.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", value)
    if isinstance(value, dict):
        return {key: writable(item) for key, item in value.items()}
    return [writable(item) for item in value]


def _known(value: T | None) -> T:
    if value is None:
        raise ValueError("a confirmed filing has its moments and its document")
    return value
