"""May she file, and why (not): one query, now or at a moment that is past."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.clients import Steps
from guichet.habilitations.queries.finding import OF_ACCOUNT, OF_COLLEAGUE, Found, find
from guichet.habilitations.queries.naming import CLOSED, label_of, named, names_of, place_of
from guichet.habilitations.queries.sentences import (
    THEN,
    TO_AN_ADMINISTRATEUR,
    TO_ONESELF,
    sentence,
    whom_to_ask,
)
from guichet.habilitations.rules import Reason
from guichet.habilitations.values import Answer
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock


def may_file(*, account: Account, siret: str, declaration: str, at: dt.datetime | None = None) -> Answer:
    """Whether ``account`` may file ``declaration`` for ``siret`` (14 digits) now, or could ``at`` a moment.

    One query, which also finds whom a refusal names. ``at`` answers from history: the right as it
    was held then, the declaration as it was chosen and open then. Roles and ticks have no history of their
    own: what ended them ended the rights.
    """
    known = {"account": account.pk, "siret": _text(siret), "declaration": _text(declaration), "at": at}
    found = find(OF_ACCOUNT, known)
    reason = _reason(found, at)
    if at is not None:
        return _answer(found, reason, sentence(THEN, reason, **_words(found, known, named(account))))
    told = sentence(TO_ONESELF, reason, **_words(found, known, ""))
    if found is not None and not _lets_file(reason):
        told = f"{told} {_mended_by(found, reason)}".rstrip()
    return _answer(found, reason, told)


def explain(
    *, acteur: Acteur, acteur_id: int, siret: str, declaration: str, at: dt.datetime | None = None
) -> Answer:
    """The same for a colleague, as an administrateur of their company asks it.

    Who is of another company is as nobody. Raises ``inscriptions.operations.NotAdministrateur``.
    """
    check_administrateur(acteur)
    person = Acteur.objects.select_related("account").filter(inscription=acteur.inscription_id)
    colleague = person.filter(pk=acteur_id).first() if 0 < acteur_id < 2**63 else None
    if colleague is None:
        return _answer(None, Reason.NOT_ACTEUR, sentence(TO_AN_ADMINISTRATEUR, Reason.NOT_ACTEUR))
    known: dict[str, Any] = {
        "acteur": colleague.pk,
        "inscription": acteur.inscription_id,
        "siret": _text(siret),
    }
    known |= {"declaration": _text(declaration), "at": at}
    found = find(OF_COLLEAGUE, known)
    reason = _reason(found, at)
    table = TO_AN_ADMINISTRATEUR if at is None else THEN
    words = _words(found, known, named(colleague.account))
    if reason == Reason.DECLARATION_NOT_OF_CLIENT and at is None:
        words["step"] = Steps(acteur.inscription_id).missing(known["siret"], known["declaration"])
    return _answer(found, reason, sentence(table, reason, **words))


def _reason(found: Found | None, at: dt.datetime | None) -> Reason:
    when = at or clock.now()
    if found is None:
        return Reason.NO_INSCRIPTION
    if found.began_at is None or found.began_at > when:
        return Reason.CANDIDATE
    if at is None and not found.declarant:
        return Reason.NOT_DECLARANT
    return _of_declaration(found, when) or _of_place(found, at) or _of_right(found, at)


def _of_declaration(found: Found, when: dt.datetime) -> Reason | None:
    if found.opens_at is None:
        return Reason.DECLARATION_NOT_CHOSEN
    return Reason.NOT_OPEN_YET if found.opens_at > when else None


def _of_place(found: Found, at: dt.datetime | None) -> Reason | None:
    if found.place is not None and (found.ticked_at is not None or at is not None):
        return None
    if found.client is not None:
        return _of_client(found, at or clock.now())
    return Reason.ETABLISSEMENT_UNKNOWN if found.place is None else Reason.ETABLISSEMENT_UNTICKED


def _of_client(found: Found, when: dt.datetime) -> Reason | None:
    if found.starts_at is None:
        return Reason.DECLARATION_NOT_OF_CLIENT
    return Reason.CLIENT_NOT_OPEN_YET if found.starts_at > when else None


def _of_right(found: Found, at: dt.datetime | None) -> Reason:
    if found.right_id is None:
        return Reason.NO_RIGHT
    closed = found.closed_at is not None and (at is None or found.closed_at <= at)
    return Reason.ETABLISSEMENT_CLOSED if closed or found.client_closed else Reason.OK


def _lets_file(reason: Reason) -> bool:
    return reason in (Reason.OK, Reason.ETABLISSEMENT_CLOSED)


def _answer(found: Found | None, reason: Reason, told: str) -> Answer:
    if found is None:
        return Answer(ok=False, reason=reason, sentence=told)
    return Answer(
        ok=_lets_file(reason),
        reason=reason,
        sentence=told,
        since=found.since,
        given_by=_giver(found),
        opens_at=_opens_at(found),
        right_id=found.right_id,
    )


def _opens_at(found: Found) -> dt.datetime | None:
    """When one may file: once the company's declaration and the client's are open."""
    return max((at for at in (found.opens_at, found.starts_at) if at), default=None)


def _words(found: Found | None, known: dict[str, Any], name: str) -> dict[str, Any]:
    said = {
        "name": name,
        "label": label_of(known["declaration"]),
        "siret": place_of(known["siret"], {known["siret"]: found.client or ""} if found else None),
        "at": known["at"],
    }
    if found is not None:
        said |= {"opens_at": found.opens_at, "starts_at": found.starts_at}
        said |= {"since": found.since, "given_by": _giver(found)}
    return said


def _giver(found: Found) -> str:
    if found.by is None:
        return ""
    if found.giver_espace == "declarant" and found.giver_name:
        return found.giver_name
    return names_of([found.by])[found.by]  # an agent, the portal, or somebody whose account is closed


def _mended_by(found: Found, reason: Reason) -> str:
    names = sorted(name or gettext(CLOSED) for name in found.administrateurs or ())
    return whom_to_ask(reason, names, oneself=found.administrateur)


def _text(value: str) -> str:
    return value.replace("\0", "")
