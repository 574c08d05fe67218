"""The resiliation: an administrateur asks, an agent decides, what is accepted is done in that moment.

The type of an inscription is fixed once chosen: changing it goes this way too (003, chapter 2).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.definitions import (
    Answer,
    Comparison,
    Data,
    Instruction,
    Noun,
    Subject,
    Teleprocedure,
    Unique,
)
from guichet.depots.models import Depot
from guichet.depots.rules import held
from guichet.espaces.declarant.definition import SERVICE, TERMS_VERSION
from guichet.espaces.declarant.subjects import of_company
from guichet.habilitations.operations import resilier
from guichet.inscriptions import queries
from guichet.inscriptions.operations.holding import hold_living
from guichet.inscriptions.rules import Genre
from guichet.kernel.dates import moment_in_words
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_
from guichet.teleprocedures.resiliation import rules, standing
from guichet.teleprocedures.resiliation.reasons import REASONS
from guichet.teleprocedures.resiliation.rules import COMPANY, CONNU, EFFET, END, GENRE, MOTIF, OBJET

CAPACITY = N_("Administrateur")
SILENCE = 2  # months after which silence is a refusal (CRPA, L231-4)
DECIDED_WITHIN = dt.timedelta(days=15)


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - one's own company, whatever is asked
    """The company for which ``account`` acts."""
    return of_company(queries.acteur_of(account=account), CAPACITY)


def clean(data: Data, today: dt.date) -> Data:  # noqa: ARG001 - no date is asked
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - whoever asks, there may be several
    """Any number, one after the other: that two do not wait at once is asked at the first step."""
    if data[OBJET] != COMPANY:
        label = _("résiliation de l’établissement {siret}").format(siret=Siret(data[OBJET]).grouped)
    elif data[EFFET] == END:
        label = _("résiliation de l’inscription de l’entreprise")
    else:
        label = _("changement du type d’inscription")
    return Unique(key="", label=label, rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the filing's page and the receipt show."""
    what = data.get(CONNU) or (N_("Toute l’inscription") if data[OBJET] == COMPANY else data[OBJET])
    found = [Answer(label=N_("Ce que concerne la demande"), value=what, step="objet")]
    if data[OBJET] == COMPANY:
        found.append(Answer(label=N_("Ce que vous demandez"), value=_effect(data[EFFET]), step="motif"))
    return [*found, Answer(label=N_("Pourquoi"), value=data[MOTIF], step="motif")]


def _effect(effet: str) -> str:
    if effet == END:
        return N_("Mettre fin à l’inscription")
    return _("Changer de type : {genre}").format(genre=_(rules.GENRES[Genre(effet)]))


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001 - the register is the inscription
    """What is asked for beside the inscription as it is now, for an agent."""
    inscription = queries.living(siren=subject.siren)
    if inscription is None:
        gone = _("Il n’y a plus d’inscription")
        return (Comparison(label=N_("Inscription"), typed="", register=gone, differs=True),)
    wanted = _(rules.GENRES[Genre(data[GENRE])]) if data[GENRE] else ""
    known = _(rules.GENRES[Genre(inscription.genre)])
    found = [Comparison(label=N_("Type d’inscription"), typed=wanted, register=known, differs=bool(wanted))]
    if data[OBJET] != COMPANY:
        there = {one.siret: standing.in_words(one) for one in standing.places(inscription)}
        register = there.get(data[OBJET]) or _("Ne fait plus partie de l’inscription")
        typed = data.get(CONNU) or Siret(data[OBJET]).grouped
        differs = data[OBJET] not in there
        found.append(Comparison(label=N_("Établissement"), typed=typed, register=register, differs=differs))
    people = ", ".join(one.name for one in queries.administrateurs(inscription=inscription))
    return [*found, Comparison(label=N_("Administrateurs"), typed="", register=people, differs=False)]


def hold(depot: Depot) -> None:
    """The company, before the filing: whoever goes holds it, and then their filings (ADR 0025)."""
    hold_living(depot.siren)


def after(depot: Depot, event: str, actor: str) -> None:
    """Only an administrateur asks; what an agent accepts is done in the same moment.

    Raises ``ForAdministrateurs``, ``AlreadyAsked``; on acceptance ``NoLongerFits`` and what
    ``habilitations.operations.resilier`` raises.
    """
    if event == "depot.submitted":
        standing.administrateur(depot.account)
        standing.check_free(depot.siren, depot.data[OBJET])
    if event == "depot.accepted":
        inscription = standing.fitting(depot.siren, depot.data)
        siret = "" if depot.data[OBJET] == COMPANY else depot.data[OBJET]
        genre = Genre(depot.data[GENRE]) if depot.data[GENRE] else None
        resilier(inscription_id=inscription.pk, siret=siret, genre=genre, actor=actor)


def legal_notice(depot: Depot) -> Sequence[str]:
    """What silence means, and from when (art. L231-4, L411-2 and R112-11-1 CRPA)."""
    if depot.confirmed_at is None:
        raise ValueError("only what was confirmed has a receipt")
    return (
        _(
            "Il s’agit d’une demande, reçue le {received}. Jusqu’à la réponse du service, rien ne change : "
            "les droits restent, et les déclarations restent dues. Sans réponse dans un délai de {months} "
            "mois, elle est considérée comme refusée."
        ).format(received=moment_in_words(depot.confirmed_at), months=SILENCE),
        _(
            "Une décision du service, expresse ou née de ce silence, peut être contestée dans les deux mois "
            "par un recours auprès du service désigné ci-dessus."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers that hold, for the conformance test."""
    data = {OBJET: COMPANY, EFFET: END, GENRE: "", CONNU: "Toute l’inscription", MOTIF: "L’entreprise cesse."}
    return data, ()


RESILIATION = Teleprocedure(
    code=standing.CODE,
    label=N_("Résilier une inscription, ou changer son type"),
    summary=N_(
        "Mettez fin à l’inscription de votre entreprise ou d’un établissement, ou changez de type "
        "d’inscription. Un agent décide ; rien n’est perdu."
    ),
    espace="declarant",
    revision="2026-1",
    service=SERVICE,
    start_url="resiliation:start",
    draft_url="resiliation:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=None,
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("une demande de résiliation"),
        this=N_("cette demande"),
        your=N_("votre demande"),
        of_the=N_("de la demande"),
        the=N_("la demande"),
        listed=N_("Vos demandes de résiliation"),
    ),
    personal=frozenset({MOTIF}),
    legal_notice=legal_notice,
    instruction=Instruction(compare=compare, reasons=REASONS, due_after=DECIDED_WITHIN),
    publication=None,
    hold=hold,
    after=after,
)
