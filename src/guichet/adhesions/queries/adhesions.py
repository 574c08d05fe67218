"""One request as plain data, for whichever side looks at it; and who may."""

import hmac
import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from guichet.accounts.definitions import espace, espaces
from guichet.accounts.models import Account
from guichet.adhesions import catalogue
from guichet.adhesions.models import Demande
from guichet.adhesions.rules import TELEPROCEDURE
from guichet.adhesions.states import By, Remittal
from guichet.adhesions.values import WITHHELD, Adhesion, Answerer
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.entreprises import queries as entreprises
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

MOST = 500  # requests that a company is shown


class NotTheCompany(Refusal):
    """Neither the company nor the firm: whoever else asks is told what a wrong address is told."""

    code = "not_the_company"
    message = N_("Cette demande n’existe pas, ou ne concerne pas votre entreprise.")
    status = 404


def company_accounts(*, siren: str) -> QuerySet[Account]:
    """The accounts that *are* the unité légale ``siren``; those who say that they work there are not."""
    doors = [door.code for door in espaces().values() if door.is_unite]
    return Account.objects.filter(siren=siren, espace__in=doors, suspended_at=None).order_by("created_at")


def is_company(account: Account, siren: str) -> bool:
    """Whether ``account`` is the unité légale ``siren`` itself."""
    return bool(siren) and account.siren == siren and espace(account.espace).is_unite


def side(demande: Demande, by: Answerer) -> By | None:
    """As what ``by`` may act on a request: its company, by code or by account; its firm; or not at all."""
    if by.account is None:
        known = bool(by.code_hash) and hmac.compare_digest(by.code_hash, demande.code_hash)
        return By.CODE if known else None
    if is_company(by.account, demande.siren):
        return By.ACCOUNT
    return By.FIRM if demande.depot.account_id == by.account.pk else None


def adhesion(*, demande_id: uuid.UUID | str, by: Answerer) -> Adhesion:
    """One request, for its company or its firm. Raises ``NotTheCompany``."""
    found = _rows().filter(pk=_known(demande_id)).first()
    if found is None or side(found, by) is None:
        raise NotTheCompany
    return as_adhesion(found)


def of_company(*, account: Account) -> list[Adhesion]:
    """Who acts, asks to act or acted for the unité légale that ``account`` is: those that wait first, then
    those in force, then the newest. Nobody for an account that is none."""
    if not account.siren or not is_company(account, account.siren):
        return []
    rows = _rows().filter(siren=account.siren).order_by("-asked_at")[:MOST]
    order = {State.CONFIRME: 0, State.ACCEPTE: 1}
    return sorted(map(as_adhesion, rows), key=lambda one: order.get(one.state, 2))


def as_adhesion(demande: Demande) -> Adhesion:
    """A request whose filing, account and proposal came with it."""
    depot, profile = demande.depot, demande.depot.account.profile
    state = State(depot.state)
    return Adhesion(
        depot_id=depot.pk,
        reference=depot.reference or "",
        siren=demande.siren,
        name=depot.subject_name,
        state=state,
        services=tuple(map(catalogue.service_label, demande.services)),
        capacity=catalogue.capacity_label(demande.qualite),
        person=str(profile.get("name", "")),
        firm=str(profile.get("company", "")),
        firm_siren=depot.account.siren,
        asked_at=demande.asked_at,
        lapses_at=demande.lapses_at,
        settled_at=demande.settled_at,
        ended_at=depot.withdrawn_at,
        answered_by=By(demande.answered_by) if demande.answered_by else None,
        ended_by=By(demande.ended_by) if demande.ended_by else None,
        reason=depot.decision_text,
        is_open=state == State.CONFIRME and demande.settled_at is None and clock.now() < demande.lapses_at,
        is_in_force=state == State.ACCEPTE,
        handing_over=demande.remise is not None and demande.remise.state == Remittal.PROPOSED,
    )


def masked(demandes: Iterable[Demande]) -> list[Demande]:
    """Requests whose filing came with them, for whoever of the firm reads: companies that refuse diffusion
    today have no name, whatever they had when they were asked. One query."""
    rows = list(demandes)
    hidden = entreprises.withholding(sirens=[row.siren for row in rows]) if rows else frozenset()
    for row in rows:
        if row.siren in hidden:
            row.depot.subject_name = WITHHELD
    return rows


def _rows() -> QuerySet[Demande]:
    return Demande.objects.filter(depot__teleprocedure=TELEPROCEDURE).select_related(
        "depot__account", "remise"
    )


def _known(demande_id: uuid.UUID | str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(demande_id))
    except ValueError:
        return None


def demande_of(depot: Depot) -> Demande | None:
    """The question that belongs to a filing; none where it was never filed."""
    demande = Demande.objects.filter(pk=depot.pk).first()
    if demande:
        demande.depot = depot
    return demande
