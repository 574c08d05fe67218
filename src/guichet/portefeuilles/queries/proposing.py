"""What adding companies to a portfolio would do, company by company, before anything is done."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext

from guichet.entreprises import queries as entreprises
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.queries.finding import portefeuille
from guichet.portefeuilles.queries.placing import companies, judged
from guichet.portefeuilles.rules import Refus

NO_ACTIVE = "no_active"  # a company whose établissements are all closed

_LINES = "SELECT siren, siret, already, reason, portefeuille_id FROM judged ORDER BY siret"

# ``{portefeuille}``: the name of the other one.
_SENTENCES: Mapping[str, str] = {
    Refus.NOT_IN_REGISTER: N_(
        "Cette entreprise n’existe pas dans le répertoire Sirene de l’Insee : vérifiez chaque chiffre. Si "
        "elle vient d’être créée, réessayez dans quelques jours."
    ),
    NO_ACTIVE: N_(
        "Aucun établissement de cette entreprise n’est actif au répertoire Sirene. Vérifiez auprès de "
        "l’Insee l’information qu’il tient et, si elle est fausse, demandez-en la modification."
    ),
    Refus.OWN_COMPANY: N_("C’est votre propre entreprise : elle n’est pas votre cliente."),
    Refus.ELSEWHERE: N_(
        "Elle est déjà dans votre portefeuille « {portefeuille} ». Une entreprise est dans un seul "
        "portefeuille : pour l’avoir dans celui-ci, transférez-la depuis sa page."
    ),
    Refus.ENDED_BY_CLIENT: N_(
        "Elle a mis fin à ce que vous déclariez pour elle. Demandez à son administrateur de vous autoriser "
        "de nouveau, à la page « Qui déclare pour vous » de son menu."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A company: ``active``, the SIRETs that would enter; ``closed``, those that can't; ``there``, how many
    are in the portfolio already. ``reason`` and ``sentence``: why nothing of it can enter, else empty.
    """

    siren: str
    name: str
    active: tuple[str, ...]
    closed: tuple[str, ...]
    there: int
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class _Line:
    siret: str
    already: bool
    reason: str
    portefeuille_id: uuid.UUID | None


def proposed(
    *, acteur: Acteur, portefeuille_id: uuid.UUID, sirens: Collection[str]
) -> Mapping[str, Proposed]:
    """What would become of each of ``sirens`` (nine digits), by its SIREN; a SIREN that the register does not
    have is there too. Raises ``PortefeuilleNotFound``.
    """
    found = portefeuille(acteur=acteur, portefeuille_id=portefeuille_id)
    lines = _judged(found, sirens)
    units = entreprises.unites(sirens=list(sirens))
    names = _names(line.portefeuille_id for of in lines.values() for line in of)
    return {
        siren: _proposed(
            siren,
            units[siren].masked().name if siren in units else "",
            lines.get(siren, []),
            names,
        )
        for siren in sirens
    }


def _judged(found: Portefeuille, sirens: Collection[str]) -> dict[str, list[_Line]]:
    source, lines = companies(sirens), dict[str, list[_Line]]()
    with connection.cursor() as cursor:
        cursor.execute(judged(source, _LINES), {**source.params, "portefeuille": found.pk})
        for siren, *line in cursor.fetchall():
            lines.setdefault(siren, []).append(_Line(*line))
    return lines


def _names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    wanted = {one for one in ids if one}
    return dict(Portefeuille.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _proposed(siren: str, name: str, lines: Collection[_Line], names: Mapping[uuid.UUID, str]) -> Proposed:
    there = sum(line.already for line in lines)
    active = tuple(line.siret for line in lines if not line.reason and not line.already)
    closed = tuple(line.siret for line in lines if line.reason == Refus.CLOSED_IN_REGISTER)
    reason, other = _reason(lines, known=bool(name or lines), some=bool(active or there))
    return Proposed(
        siren=siren,
        name=name,
        active=() if reason else active,
        closed=closed,
        there=there,
        reason=reason,
        sentence=gettext(_SENTENCES[reason]).format(portefeuille=names.get(other, "") if other else "")
        if reason
        else "",
    )


def _reason(lines: Collection[_Line], *, known: bool, some: bool) -> tuple[str, uuid.UUID | None]:
    """Why nothing of a company can enter, and the portfolio where it is."""
    for line in lines:
        if line.reason and line.reason != Refus.CLOSED_IN_REGISTER:
            return line.reason, line.portefeuille_id
    if not known:
        return Refus.NOT_IN_REGISTER, None
    return ("", None) if some else (NO_ACTIVE, None)
