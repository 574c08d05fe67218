"""Telling what became of a request: whoever validated it, the other administrateurs, and once each person
whose rights it changed."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.queries import mailbox_of, mailbox_page_of
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.habilitations.operations import notices as rights
from guichet.habilitations.queries.naming import label_of, names_of
from guichet.imports.models import Demande
from guichet.imports.reasons import told
from guichet.imports.states import Kind
from guichet.inscriptions.models import Acteur
from guichet.kernel.dates import moment_in_words


def tell_of_rights(demande: Demande) -> list[Account]:
    """Tell those whose rights a request changed, once each.

    Gives the administrateurs whose own did not change: they are told of the request itself (``tell_result``).
    """
    made = demande.changement
    if made is None:
        return []
    done = rights.what_was_done(made)
    others = _told_of_request(demande, done)
    rights.announce(made, but=others, done=done)
    return others


def tell_result(demande: Demande, others: Iterable[Account] = ()) -> None:
    """Tell whoever validated a request that it is over, and ``others`` what it did."""
    context = _context(demande)
    validator = Acteur.objects.filter(
        inscription=demande.inscription_id, ended_at=None, account__in=_accounts(demande.validated_by)
    )
    for acteur in validator.select_related("account"):
        _write(acteur.account, {**context, "mine": True})
    for account in others:
        _write(account, {**context, "mine": False})


def _told_of_request(demande: Demande, done: Collection[int]) -> list[Account]:
    """The administrateurs whose own rights did not change, but who validated it."""
    living = Acteur.objects.filter(inscription=demande.inscription_id, ended_at=None, administrateur=True)
    others = living.exclude(pk__in=list(done)).exclude(account__in=_accounts(demande.validated_by))
    return [row.account for row in others.select_related("account").order_by("pk")]


def _accounts(actor: str) -> list[uuid.UUID]:
    kind, _, found = actor.partition(":")
    return [uuid.UUID(found)] if kind == "account" else []


def _context(demande: Demande) -> dict[str, Any]:
    counts = demande.counts
    names = ("ajouts", "suppressions", "deja", "impossibles", "droits_ouverts", "droits_fermes", "personnes")
    return {
        "portefeuille": demande.portefeuille.name,
        "kind": str(demande.kind),
        "takes_back": demande.kind == Kind.ANNULATION,
        "file_name": demande.file_name,
        "label": label_of(demande.declaration) if demande.declaration else "",
        "adds": demande.adds,
        "etat": str(demande.etat),
        "problem": told(demande.problem) if demande.problem else "",
        "ended": moment_in_words(demande.ended_at) if demande.ended_at else "",
        "by": names_of([demande.validated_by]).get(demande.validated_by, ""),
        **{name: counts.get(name, 0) for name in names},
    }


def _write(account: Account, context: dict[str, Any]) -> None:
    door = espace(account.espace)
    known = {"service": door.service, "page": mailbox_page_of(account=account)}
    try:
        courriers.send_email(
            to=account.email,
            template="imports/demande_terminee",
            context={**known, **context},
            about=account.subject,
            links=door.messages_hold_links,
            box=mailbox_of(account=account),
        )
    except UnusableAddress:
        return
