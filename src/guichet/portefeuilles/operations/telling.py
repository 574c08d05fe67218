"""Telling the firm's administrateurs what a change did to its portfolios, and companies who declares for
them from now on."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django import app

from guichet.accounts.models import Account
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Changement, Inscription
from guichet.inscriptions.operations.notices import company_of, tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.states import Origine
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
)

NAMED = 10  # clients that a message names; beyond, it counts them
BATCH = 200  # companies that are told in one transaction

_ROOM = "portefeuilles"


def announce(changement: Changement, *, but: Iterable[Account] = ()) -> None:
    """Tell the firm's administrateurs what a change did to its portfolios; whoever made it knows.

    Once a change, at its end and in its transaction; of a change of rights alone, nothing is told here.
    ``but``: people who are told in another way.
    """
    said = _what_changed(changement)
    if not any(said.values()):
        return
    author = _author(changement)
    tell_administrateurs(
        changement.inscription,
        "portefeuille_change",
        but=[*but, *([author] if author else [])],
        room=_ROOM,
        by=name_of(author) if author else "",
        by_client=changement.origine == Origine.CLIENT,
        **said,
    )


def tell_clientes(changement: Changement) -> None:
    """Have the companies that came in a change told of it, by a job: there may be thousands."""
    if _untold(changement.pk).exists():
        app.configure_task("portefeuilles.tell_clientes").defer(changement_id=changement.pk)


@transaction.atomic
def tell_begun(*, changement_id: int) -> int:
    """Tell companies which declare here themselves that a firm declares for them from now on; how many.

    One message an administrateur and company, whatever the number of its établissements. So many at a time;
    a job of its own goes on with the others. Twice is as once. Job ``portefeuilles.tell_clientes``.
    """
    rows = _untold(changement_id).select_for_update(of=("self",), no_key=True)
    batch = list(rows.select_related("inscription").order_by("pk")[:BATCH])
    for cliente in batch:
        _tell_begun(cliente)
    Cliente.objects.filter(pk__in=[one.pk for one in batch]).update(told_at=clock.now())
    if len(batch) == BATCH:
        app.configure_task("portefeuilles.tell_clientes").defer(changement_id=changement_id)
    return len(batch)


def _tell_begun(cliente: Cliente) -> None:
    company = Inscription.objects.get(siren=cliente.siren, ended_at=None)
    codes = cliente.declarations.filter(closed_at=None).order_by("code").values_list("code", flat=True)
    firm = company_of(cliente.inscription)
    tell_administrateurs(
        company,
        "tiers_commence",
        room=_ROOM,
        firm=firm["company"],
        firm_siren=firm["siren"],
        number=cliente.etablissements.filter(closed_at=None).count(),
        labels=[catalogue.label(code) for code in codes],
    )


def _untold(changement_id: int) -> QuerySet[Cliente]:
    declares = Inscription.objects.filter(siren=OuterRef("siren"), ended_at=None)
    rows = Cliente.objects.filter(opened_in=changement_id, closed_at=None, told_at=None)
    return rows.filter(Exists(declares))


def _what_changed(changement: Changement) -> dict[str, Any]:
    """Declarations of clients that came and went with them are not told one by one."""
    came, went = Cliente.objects.filter(opened_in=changement), Cliente.objects.filter(closed_in=changement)
    declared = DeclarationCliente.objects.filter(opened_in=changement).exclude(cliente__opened_in=changement)
    undeclared = DeclarationCliente.objects.filter(closed_in=changement).exclude(
        cliente__closed_in=changement
    )
    return {
        "came": _words(came),
        "number_came": came.count(),
        "went": _words(went),
        "number_went": went.count(),
        "places_came": EtablissementClient.objects.filter(opened_in=changement).count(),
        "places_went": EtablissementClient.objects.filter(closed_in=changement).count(),
        "declared": _labels(declared),
        "undeclared": _labels(undeclared),
        "contained": _labels(DeclarationPortefeuille.objects.filter(opened_in=changement)),
        "uncontained": _labels(DeclarationPortefeuille.objects.filter(closed_in=changement)),
    }


def _words(rows: QuerySet[Cliente]) -> list[str]:
    """The first ones, as people read them."""
    named = rows.order_by("sort_key", "pk").values_list("siren", "name")[:NAMED]
    return [words_of(siren, name) for siren, name in named]


def words_of(siren: str, name: str) -> str:
    """« 123 456 782, Garage de la Place » where the register shows the name."""
    number = Siren(siren).grouped
    return f"{number}, {name}" if name else number


def _labels(rows: QuerySet[DeclarationCliente] | QuerySet[DeclarationPortefeuille]) -> list[str]:
    codes = rows.order_by("code").values_list("code", flat=True).distinct()
    return [catalogue.label(code) for code in codes]


def _author(changement: Changement) -> Account | None:
    kind, _, pk = changement.by.partition(":")
    return Account.objects.filter(pk=pk).first() if kind == "account" else None
