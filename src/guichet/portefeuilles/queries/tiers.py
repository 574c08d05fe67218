"""The client's side: who declares for a company, and whom it ended."""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from guichet.entreprises import queries as entreprises
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur
from guichet.kernel.identifiers import Siren
from guichet.portefeuilles.models import Cliente, DeclarationCliente
from guichet.portefeuilles.queries.lists import in_order
from guichet.portefeuilles.states import Fin
from guichet.portefeuilles.values import Tiers


def tiers_of(*, acteur: Acteur) -> list[Tiers]:
    """Who declares for the company of ``acteur``, an administrateur, and whom it ended; one line a firm.

    Those that declare first, then by name. Anybody else sees nothing.
    """
    if not acteur.administrateur or acteur.ended_at:
        return []
    rows = Cliente.objects.filter(siren=acteur.inscription.siren).select_related("inscription")
    rows = rows.filter(Q(closed_at=None) | Q(closed_because=Fin.CLIENT.value))
    latest: dict[str, Cliente] = {}
    for row in rows.order_by("opened_at", "pk"):
        latest[row.inscription.siren] = row
    found = entreprises.unites(sirens=list(latest))
    labels = _labels(list(latest.values()))
    made = [
        _tiers(row, found[siren].name if siren in found else Siren(siren).grouped, labels)
        for siren, row in latest.items()
    ]
    return sorted(made, key=lambda one: (one.ended_at is not None, one.name, one.siren))


def _tiers(row: Cliente, name: str, labels: Mapping[int, Sequence[str]]) -> Tiers:
    return Tiers(
        cliente_id=row.pk,
        name=name,
        siren=row.inscription.siren,
        since=row.began_at,
        labels=labels.get(row.pk, ()),
        ended_at=row.closed_at,
        let_back_at=row.let_back_at,
    )


def _labels(rows: Sequence[Cliente]) -> Mapping[int, Sequence[str]]:
    """What each declares; of a tie that ended, what it declared at its end."""
    ends = {row.pk: row.closed_in_id for row in rows}
    found: dict[int, set[str]] = {}
    declared = DeclarationCliente.objects.filter(cliente__in=list(ends))
    for owner, code, closed_in in declared.values_list("cliente_id", "code", "closed_in_id"):
        if closed_in == ends[owner]:
            found.setdefault(owner, set()).add(code)
    return {owner: [catalogue.label(code) for code in in_order(codes)] for owner, codes in found.items()}
