"""Documents that a person sends without being asked (001)."""

import datetime as dt
import io
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.accounts.models import Account
from guichet.depots.definitions import (
    Answer,
    Choice,
    Data,
    Document,
    DocumentRules,
    Instruction,
    Noun,
    Subject,
    Teleprocedure,
    Unique,
    Way,
)
from guichet.depots.models import Depot
from guichet.depots.rules import held
from guichet.espaces.prive.definition import SERVICE, TERMS_VERSION
from guichet.kernel.refusals import N_
from guichet.teleprocedures.depot_spontane import nomenclature, rules
from guichet.teleprocedures.depot_spontane.persons import (
    check_persons,
    labels_for,
    names_for,
    person_label,
    persons_of,
)
from guichet.teleprocedures.depot_spontane.reasons import REASONS
from guichet.teleprocedures.depot_spontane.search import search

CODE = "depot_spontane"
DUE_AFTER = dt.timedelta(days=15)
CAPACITIES = {
    "particulier": N_("En son nom"),
    "exploitant": N_("Exploitant"),
    "employeur": N_("Employeur"),
}
_EACH = range(1, rules.MOST + 1)


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - one sends for oneself, or one's company
    """The company of an exploitant or employeur, else the person."""
    profile = account.profile
    return Subject(
        siren=str(profile.get("siren") or ""),
        name=str(profile.get("company") or profile.get("name") or ""),
        capacity=CAPACITIES.get(str(profile.get("kind")), CAPACITIES["particulier"]),
    )


def clean(data: Data, today: dt.date) -> Data:  # noqa: ARG001 - what is sent does not depend on the day
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal an answer."""
    return held(rules.clean(data, types=nomenclature.types()))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - the same for everybody
    """One sends as often as one likes. Raises ``ValueError`` while a draft names no number."""
    many = rules.number(data[rules.NUMBER]) if rules.count(data) else 0
    if not many:
        raise ValueError("this draft does not say how many documents there are")
    label = _("envoi d’un document") if many == 1 else _("envoi de {documents}")
    return Unique(key="", label=label.format(documents=documents_in_words(many)), rectifies=False)


def documents_in_words(many: int) -> str:
    """« 2 documents »."""
    return ngettext("{n} document", "{n} documents", many).format(n=many)


def answers(data: Data) -> Sequence[Answer]:
    """What is said of the whole; each document is shown apart, by ``described``."""
    return (Answer(label=N_("Nombre de documents"), value=data[rules.NUMBER], step="number"),)


def described(depot: Depot) -> Sequence[Document]:
    """What was said of each document so far, types and persons in words."""
    told = [rules.of_document(depot.data, each) for each in range(1, rules.count(depot.data) + 1)]
    known = names_for(depot.account, [one[rules.PERSON] for one in told])
    return [_described(depot, document, one, known) for document, one in enumerate(told, 1)]


def _described(depot: Depot, document: int, told: Data, known: Mapping[str, str]) -> Document:
    code, person = told[rules.TYPE], told[rules.PERSON]
    return Document(
        number=document,
        name=told[rules.NAME],
        type=code,
        type_label=nomenclature.type_label(code) if code else "",
        person=person,
        person_label=person_label(depot.account, person, who=told[rules.WHO], known=known),
        comment=told[rules.COMMENT],
    )


def found_types(text: str) -> Sequence[Choice]:
    """The types that ``text`` may mean, the best first, « un autre document » last, always (001, step 4)."""
    offered = nomenclature.types()
    found = [one.code for one in search(text) if one.code != rules.OTHER]
    return [Choice(code=code, label=offered[code].label) for code in (*found, rules.OTHER)]


def agent_persons(depot: Depot) -> Sequence[Choice]:
    """Whom an agent may say that a document is about."""
    return persons_of(depot.account)


def agent_person_labels(depot: Depot, codes: Collection[str]) -> Mapping[str, str]:
    """Those whom an agent chose, in words: also who left the household since."""
    return labels_for(depot.account, codes)


def legal_notice(depot: Depot) -> Sequence[str]:  # noqa: ARG001 - the same for every filing
    """Silence decides nothing (art. R112-11-1 CRPA)."""
    return (
        _(
            "Il s’agit d’un envoi de documents et non d’une demande : le silence de l’administration ne vaut "
            "ni accord ni refus. Le service désigné ci-dessus en tient compte dans votre dossier."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Two documents that hold, and a file for each of them in their order, for the conformance test."""
    data = {rules.NUMBER: "2"}
    for document, name in enumerate(("carte d’identité", "relevé bancaire"), 1):
        told = {
            rules.NAME: name,
            rules.TYPE: rules.OTHER,
            rules.PERSON: rules.MYSELF,
            rules.COMMENT: "Pour mettre mon dossier à jour.",
        }
        data |= {rules.key(field, document): text for field, text in told.items()}
    return data, [("carte.jpg", _photograph()), ("releve.pdf", _one_page())]


def _photograph() -> bytes:
    from PIL import Image, ImageDraw

    image, content = Image.new("RGB", (640, 480), "white"), io.BytesIO()
    ImageDraw.Draw(image).rectangle((40, 40, 600, 440), outline="black", width=6)
    image.save(content, "JPEG", quality=80)
    return content.getvalue()


def _one_page() -> bytes:
    import pikepdf

    pdf, content = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(content)
    return content.getvalue()


def follow(depot: Depot, event: str, actor: str) -> None:  # noqa: ARG001 - whoever sends, the same holds
    """A document that is sent names nobody of somebody else's household. Raises ``InvalidAnswers``."""
    if event == "depot.submitted":
        check_persons(depot.account, depot.data)


DEPOT_SPONTANE = Teleprocedure(
    code=CODE,
    label=N_("Envoi de documents"),
    invitation=N_("Envoyer un document"),
    summary=N_(
        "Photographiez ou joignez vos documents, dites ce qu’ils sont, et recevez aussitôt un accusé de "
        "réception."
    ),
    ways=(
        Way(
            label=N_("Vos envois"),
            summary=N_("Où ils en sont, ce qu’il reste à faire, et vos accusés de réception."),
            url="depot_spontane:depots",
        ),
    ),
    espace="prive",
    revision="2026-1",
    service=SERVICE,
    start_url="depot_spontane:start",
    draft_url="depot_spontane:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=None,
    documents=DocumentRules(
        count=rules.count,
        described=described,
        types=found_types,
        type_label=nomenclature.type_label,
        persons=agent_persons,
        person_labels=agent_person_labels,
        max_documents=rules.MOST,
    ),
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("un envoi"),
        this=N_("cet envoi"),
        your=N_("votre envoi"),
        of_the=N_("de l’envoi"),
        the=N_("l’envoi"),
        listed=N_("Vos envois"),
    ),
    personal=frozenset(
        rules.key(field, document)
        for field in (rules.NAME, rules.PERSON, rules.WHO, rules.COMMENT)
        for document in _EACH
    ),
    legal_notice=legal_notice,
    instruction=Instruction(
        reasons=REASONS,
        due_after=DUE_AFTER,
        correctable=False,
        accepting=N_("Clore"),
        accepted=N_("Traité"),
        accepting_may_say=True,
    ),
    publication=None,
    after=follow,
)
