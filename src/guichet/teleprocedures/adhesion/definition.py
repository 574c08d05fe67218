"""The membership of a client company: a professional asks to act for it, and the company answers (004)."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.adhesions import catalogue
from guichet.adhesions.operations import follow
from guichet.adhesions.rules import BETWEEN, LAPSES_AFTER, TELEPROCEDURE, firm_key
from guichet.depots.definitions import (
    UNKNOWN,
    Answer,
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
from guichet.espaces.abonne.definition import SERVICE, TERMS_VERSION
from guichet.kernel.dates import moment_in_words
from guichet.kernel.identifiers import Siren, is_siren
from guichet.kernel.refusals import N_
from guichet.teleprocedures.adhesion import rules
from guichet.teleprocedures.adhesion.reasons import REASONS
from guichet.teleprocedures.adhesion.register import company, compare


def subject(account: Account, data: Data) -> Subject:  # noqa: ARG001 - the account acts for others
    """The client company, by the SIREN that was typed; nobody while it was not, or does not hold."""
    good, _bad = rules.clean(data, catalogue=catalogue.services(), capacities=catalogue.capacities())
    if "siren" not in good:
        return UNKNOWN
    return Subject(
        siren=good["siren"],
        name=company(good["siren"]).name,
        capacity=catalogue.capacity_label(good.get("qualite", "")),
    )


def clean(data: Data, today: dt.date) -> Data:  # noqa: ARG001 - a request does not depend on the day
    """The answers that hold. Raises ``InvalidAnswers`` with one refusal a field."""
    return held(rules.clean(data, catalogue=catalogue.services(), capacities=catalogue.capacities()))


def unique(account: Account, data: Data) -> Unique:
    """One request of one firm for one company, whoever of the firm made it."""
    if not is_siren(data["siren"]):
        raise ValueError("this draft names no company yet")
    siren = Siren(data["siren"])
    return Unique(
        key=firm_key(account), label=f"demande d’adhésion pour le SIREN {siren.grouped}", rectifies=False
    )


def answers(data: Data) -> Sequence[Answer]:
    """What the recap, the request's page and the receipt show."""
    return (
        Answer(
            label=N_("Numéro SIREN de l’entreprise"), value=Siren(data["siren"]).grouped, step="entreprise"
        ),
        Answer(
            label=N_("Services demandés"), value="\n".join(service_labels(data["services"])), step="services"
        ),
        Answer(
            label=N_("Qualité en laquelle vous agissez"),
            value=catalogue.capacity_label(data["qualite"]),
            step="qualite",
        ),
    )


def service_labels(text: str) -> list[str]:
    """The services of an answer in words."""
    return [catalogue.service_label(code) for code in text.split(BETWEEN)]


def legal_notice(depot: Depot) -> Sequence[str]:
    """What the silence of the company means, and from when (art. L112-3, R112-11-1 and L411-2 CRPA)."""
    if depot.confirmed_at is None:
        raise ValueError("only what was confirmed has a receipt")
    lapses = moment_in_words(depot.confirmed_at + LAPSES_AFTER)
    return (
        _(
            "Il s’agit d’une demande. Le représentant légal de l’entreprise en est informé par une lettre à "
            "l’adresse de son siège ; il a {days} jours, jusqu’au {lapses}, pour l’accepter ou la refuser."
        ).format(days=LAPSES_AFTER.days, lapses=lapses),
        _(
            "Sans réponse de l’entreprise ni décision du service à cette date, la demande est caduque : ce "
            "silence vaut rejet, et une nouvelle demande peut être présentée."
        ),
        _(
            "Une décision du service, expresse ou née de ce silence, peut être contestée dans les deux mois "
            "par un recours auprès du service désigné ci-dessus ou devant le tribunal administratif."
        ),
    )


def sample() -> tuple[Data, Iterable[tuple[str, bytes]]]:
    """Answers that hold, for the conformance test; the register of a test holds the company."""
    data = {
        "siren": "000013904",
        "services": next(iter(catalogue.services())),
        "qualite": next(iter(catalogue.capacities())),
    }
    return data, ()


ADHESION = Teleprocedure(
    code=TELEPROCEDURE,
    label=N_("Demande d’adhésion aux services en ligne"),
    invitation=N_("Demander une adhésion"),
    summary=N_(
        "Vous demandez à utiliser les services en ligne pour une entreprise cliente. Son représentant légal "
        "reçoit une lettre et décide."
    ),
    ways=(
        Way(
            label=N_("Mes dossiers"),
            summary=N_("Vos demandes d’adhésion, les réponses des entreprises, et vos accusés de réception."),
            url="adhesion:dossiers",
        ),
        Way(
            label=N_("Demander des adhésions par liste"),
            summary=N_("Toutes les entreprises de votre portefeuille en une fois, vérifiées avant l’envoi."),
            url="adhesion:list_new",
        ),
    ),
    espace="abonne",
    revision="2026-1",
    service=SERVICE,
    start_url="adhesion:start",
    draft_url="adhesion:draft",
    subject=subject,
    clean=clean,
    unique=unique,
    answers=answers,
    sample=sample,
    files=None,
    terms_version=TERMS_VERSION,
    confirmation=None,
    noun=Noun(
        a=N_("une demande"),
        this=N_("cette demande"),
        your=N_("votre demande"),
        of_the=N_("de la demande"),
        the=N_("la demande"),
        listed=N_("Mes dossiers"),
    ),
    legal_notice=legal_notice,
    instruction=Instruction(
        compare=compare,
        reasons=REASONS,
        due_after=LAPSES_AFTER,
        accepting_needs_reason=True,
        correctable=False,
        others_decide=True,
    ),
    publication=None,
    after=follow,
)
