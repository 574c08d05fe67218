"""The correction of the household: a person says what is wrong of the people in their file (001, step 5).

The administration keeps the household, and decides; what it accepts is applied in the same moment.
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
    Way,
)
from guichet.depots.models import Depot
from guichet.depots.rules import held
from guichet.espaces.prive.definition import SERVICE, TERMS_VERSION
from guichet.foyers import operations, queries
from guichet.foyers.models import Personne
from guichet.foyers.rules import LIENS, TELEPROCEDURE, Action
from guichet.kernel.dates import in_words, moment_in_words
from guichet.kernel.refusals import N_
from guichet.teleprocedures.foyer import rules
from guichet.teleprocedures.foyer.reasons import REASONS

OWNER = N_("Titulaire du dossier")
SILENCE = 2  # months after which silence is a refusal (CRPA, L231-4)
ACTIONS = {
    Action.ADD: N_("Ajouter une personne"),
    Action.CHANGE: N_("Corriger les informations d’une personne"),
    Action.REMOVE: N_("Retirer une personne"),
}
LABELS = {
    Action.ADD: N_("ajout d’une personne au foyer"),
    Action.CHANGE: N_("correction d’une personne du foyer"),
    Action.REMOVE: N_("retrait d’une personne du foyer"),
}
FIELDS = {
    rules.LIEN: N_("Lien avec le titulaire du dossier"),
    rules.NOM: N_("Nom"),
    rules.PRENOM: N_("Prénom"),
    rules.NAISSANCE: N_("Date de naissance"),
}


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - it is one's own file, whoever is in it
    """Whose file it is: a person, who files for herself."""
    return Subject(siren="", name=str(account.profile.get("name") or account.email), capacity=_(OWNER))


def clean(data: Data, today: dt.date) -> Data:
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data, today))


def unique(account: Account, data: Data) -> Unique:  # noqa: ARG001 - whoever asks, there may be several
    """Any number of corrections, one after the other.

    No key names the person: an accepted filing would keep that place for good, and nothing could be corrected
    of them any more. That two about the same person do not wait at once is asked at the first step.
    """
    try:
        action = rules.target(data[rules.OBJET]).action
    except rules.NothingChosen:
        raise ValueError("this draft does not say yet what is to be corrected") from None
    return Unique(key="", label=_(LABELS[action]), rectifies=False)


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the filing's page and the receipt show; what is erased is shown as it stands."""
    action = rules.target(data[rules.OBJET]).action
    found = [Answer(label=N_("Demande"), value=ACTIONS[action], step="correction")]
    if known := data.get(rules.CONNUE):
        found.append(Answer(label=N_("Personne concernée"), value=known, step="correction"))
    shown = {name: in_full(name, data[name]) for name in FIELDS if data.get(name)}
    found += [Answer(label=FIELDS[name], value=value, step="personne") for name, value in shown.items()]
    if said := data.get(rules.PRECISIONS):
        label = N_("Pourquoi") if action == Action.REMOVE else N_("Précisions")
        found.append(Answer(label=label, value=said, step="personne"))
    return found


def in_full(name: str, value: str) -> str:
    """One answer in words; what cannot be read (it was erased) as it stands."""
    if name == rules.LIEN:
        return LIENS.get(value, value)
    day = rules.day(value) if name == rules.NAISSANCE else None
    return in_words(day) if day else value


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001 - the register is the household
    """What was typed beside what is known of the person at this moment, for an agent."""
    wanted = rules.target(data[rules.OBJET])
    person = queries.known(wanted.person) if wanted.person else None
    gone = wanted.person is not None and (person is None or person.removed_at is not None)
    found = [_standing()] if gone else []
    known = _known(person)
    for name, label in FIELDS.items():
        typed, before = data.get(name, ""), known.get(name, "")
        differs = bool(typed and person and typed != before)
        found.append(
            Comparison(
                label=label, typed=in_full(name, typed), register=in_full(name, before), differs=differs
            )
        )
    return found


def _standing() -> Comparison:
    return Comparison(
        label=N_("Personne"), typed="", register=N_("Ne fait plus partie du foyer"), differs=True
    )


def _known(person: Personne | None) -> Mapping[str, str]:
    """What is known of somebody, as the answers tell it."""
    if person is None:
        return {}
    known = person.identity
    return {
        rules.LIEN: known.lien,
        rules.NOM: known.last_name,
        rules.PRENOM: known.first_name,
        rules.NAISSANCE: known.born_on.isoformat() if known.born_on else "",
    }


def after(depot: Depot, event: str, actor: str) -> None:
    """An accepted correction is applied in the same moment; what no longer fits refuses the acceptance.

    Raises as ``foyers.operations.apply``.
    """
    if event == "depot.accepted":
        wanted = rules.correction(depot.data)
        operations.apply(account=depot.account, correction=wanted, actor=actor, because=depot.evidence)


def legal_notice(depot: Depot) -> Sequence[str]:
    """What silence means, and from when (art. L231-4, L411-2 and R112-11-1 CRPA)."""
    if depot.confirmed_at is None:
        raise ValueError("only what was confirmed has a receipt")
    return (
        _(
            "Il s’agit d’une demande, reçue le {received}. Le service y répond par un message. Sans réponse "
            "de sa part dans un délai de {months} mois, elle est considérée comme refusée."
        ).format(received=moment_in_words(depot.confirmed_at), months=SILENCE),
        _(
            "Une décision du service, expresse ou née de ce silence, peut être contestée dans les deux mois "
            "par un recours auprès du service désigné ci-dessus."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers that hold, for the conformance test."""
    added = str(rules.Target(action=Action.ADD))
    data = {
        rules.OBJET: added,
        rules.POUR: added,
        rules.CONNUE: "",
        rules.LIEN: "enfant",
        rules.NOM: "Exemple",
        rules.PRENOM: "Jeanne",
        rules.NAISSANCE: "2019-03-14",
        rules.PRECISIONS: "Elle est née à Tours.",
    }
    return data, ()


FOYER = Teleprocedure(
    code=TELEPROCEDURE,
    label=N_("Corriger les personnes de votre foyer"),
    summary=N_(
        "Une personne manque, ne fait plus partie de votre foyer, ou son nom est mal écrit : dites-le. "
        "L’administration vérifie et décide."
    ),
    ways=(
        Way(
            label=N_("Votre foyer"),
            summary=N_("Les personnes connues dans votre dossier, et les corrections que vous demandez."),
            url="foyer:mine",
        ),
    ),
    espace="prive",
    revision="2026-1",
    service=SERVICE,
    start_url="foyer:start",
    draft_url="foyer:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=None,
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("une demande de correction"),
        this=N_("cette demande de correction"),
        your=N_("votre demande de correction"),
        of_the=N_("de la demande de correction"),
        the=N_("la demande de correction"),
        listed=N_("Votre foyer"),
    ),
    personal=frozenset({rules.CONNUE, *rules.DETAILS, rules.PRECISIONS}),
    legal_notice=legal_notice,
    instruction=Instruction(compare=compare, reasons=REASONS, due_after=dt.timedelta(days=30)),
    publication=None,
    after=after,
)
