"""The request for access: a candidate proves their link with the company, an agent admits them or says why.

So no company is ever locked out, whatever became of its administrateurs (003, chapter 2).
"""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.definitions import (
    UNKNOWN,
    Answer,
    Comparison,
    Data,
    FileRules,
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
from guichet.inscriptions import operations, queries
from guichet.inscriptions.operations.holding import hold_living
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words, moment_in_words
from guichet.kernel.refusals import N_
from guichet.teleprocedures.acces import rules, standing
from guichet.teleprocedures.acces.reasons import REASONS
from guichet.teleprocedures.acces.rules import MOTIF, MOTIFS, PRECISIONS

CAPACITY = N_("Candidat administrateur")
SILENCE = 2  # months after which silence is a refusal (CRPA, L231-4)
DECIDED_WITHIN = dt.timedelta(days=5)


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - one's own company, whatever is said
    """The company that ``account`` asked to administer, or declares for."""
    try:
        return of_company(standing.candidate(account), CAPACITY)
    except standing.NotCandidate:
        return UNKNOWN


def clean(data: Data, today: dt.date) -> Data:  # noqa: ARG001 - no date is asked
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - whoever asks
    """Any number, one after the other: that two do not wait at once is asked at the first step."""
    if data[MOTIF] not in MOTIFS:
        raise ValueError("this draft does not say yet why")
    return Unique(key="", label=_("demande d’accès à l’inscription d’une entreprise"), rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the filing's page and the receipt show; what is erased as it stands."""
    return (
        Answer(
            label=N_("Pourquoi vous le demandez"), value=MOTIFS.get(data[MOTIF], data[MOTIF]), step="motif"
        ),
        Answer(label=N_("Votre fonction dans l’entreprise"), value=data[PRECISIONS], step="motif"),
    )


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001 - the register is the inscription
    """Who asks beside who administers the company now, for an agent."""
    who = str(profile.get("name", ""))
    inscription = queries.living(siren=subject.siren)
    if inscription is None:
        gone = _("Il n’y a plus d’inscription")
        return (Comparison(label=N_("Administrateurs"), typed=who, register=gone, differs=True),)
    found = queries.administrateurs(inscription=inscription)
    people = "\n".join(_since(one.name, one.since) for one in found) or _("Personne")
    return (Comparison(label=N_("Administrateurs"), typed=who, register=people, differs=True),)


def _since(name: str, since: dt.datetime | None) -> str:
    if since is None:
        return name
    return _("{name}, depuis le {date}").format(name=name, date=in_words(since.astimezone(PARIS).date()))


def hold(depot: Depot) -> None:
    """The company, before the filing: whoever closes their account holds it, and then their filings."""
    hold_living(depot.siren)


def after(depot: Depot, event: str, actor: str) -> None:
    """Only a candidate asks, or a déclarant whom nobody administers; whom an agent accepts is
    administrateur in the same moment.

    Raises ``NotCandidate``; on acceptance what ``inscriptions.operations.admit`` raises too.
    """
    if event == "depot.submitted":
        standing.candidate(depot.account)
    if event == "depot.accepted":
        operations.admit(acteur_id=standing.candidate(depot.account).pk, actor=actor)


def legal_notice(depot: Depot) -> Sequence[str]:
    """What silence means, and from when (art. L231-4, L411-2 and R112-11-1 CRPA)."""
    if depot.confirmed_at is None:
        raise ValueError("only what was confirmed has a receipt")
    return (
        _(
            "Il s’agit d’une demande, reçue le {received}. Sans réponse du service dans un délai de {months} "
            "mois, elle est considérée comme refusée. Les administrateurs de l’entreprise peuvent aussi vous "
            "accepter entre-temps."
        ).format(received=moment_in_words(depot.confirmed_at), months=SILENCE),
        _(
            "Une décision du service, expresse ou née de ce silence, peut être contestée dans les deux mois "
            "par un recours auprès du service désigné ci-dessus."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers that hold, and a document, for the conformance test."""
    import pikepdf  # for this test alone: who files brings a document

    document, content = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(595, 842))
    document.save(content)
    data = {MOTIF: "silence", PRECISIONS: "Je suis la nouvelle gérante."}
    return data, (("extrait.pdf", content.getvalue()),)


ACCES = Teleprocedure(
    code=standing.CODE,
    label=N_("Demander au service l’accès à l’inscription d’une entreprise"),
    summary=N_(
        "Personne ne répond à votre demande d’administrer l’inscription, ou l’entreprise n’a plus "
        "d’administrateur ? Prouvez votre lien avec elle : un agent décide."
    ),
    espace="declarant",
    revision="2026-1",
    service=SERVICE,
    start_url="acces:start",
    draft_url="acces:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=FileRules(max_files=10, max_pages=50),
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("une demande d’accès"),
        this=N_("cette demande"),
        your=N_("votre demande"),
        of_the=N_("de la demande"),
        the=N_("la demande"),
        listed=N_("Vos demandes d’accès"),
    ),
    personal=frozenset({PRECISIONS}),
    legal_notice=legal_notice,
    instruction=Instruction(
        compare=compare,
        reasons=REASONS,
        due_after=DECIDED_WITHIN,
        accepting=N_("Donner l’accès"),
        accepted=N_("Accès donné"),
    ),
    publication=None,
    hold=hold,
    after=after,
)
