"""The dry run of a file from the command line: what it would do, while nothing at all is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from guichet.habilitations.queries.naming import people_of
from guichet.imports.models import Demande
from guichet.imports.operations import judging, staging
from guichet.imports.operations.depositing import check_size, designated, shown_name
from guichet.imports.queries.lignes import every, line_of
from guichet.imports.reasons import told
from guichet.imports.states import Etat, Kind
from guichet.imports.values import Counts, Line
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.portefeuilles.models import Portefeuille
from guichet.portefeuilles.rules import key_of


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a file would do. ``problem``: a code, empty where the file holds; ``message``: the same in French.

    ``designates``: the other portfolio that the file is named like, or empty.
    """

    problem: str
    message: str
    remarks: tuple[str, ...]
    designates: str
    counts: Counts


def portefeuilles_named(*, name: str, siren: str = "") -> list[Portefeuille]:
    """The living portfolios of that name, as portfolios' names are compared: of everybody, or of one firm."""
    rows = Portefeuille.objects.filter(key=key_of(name), closed_at=None, inscription__ended_at=None)
    if siren:
        rows = rows.filter(inscription__siren=siren)
    return list(rows.select_related("inscription").order_by("inscription__siren"))


def check(
    *, portefeuille: Portefeuille, kind: Kind, path: Path, each: Callable[[Line], None] | None = None
) -> Checked:
    """Read and judge a file for a portfolio, and roll everything back; ``each`` is given its lines, in their
    order. Raises ``FileEmpty``, ``FileTooBig``."""
    name = shown_name(path.name)
    check_size(name, path.stat().st_size)
    demande = Demande(
        inscription=portefeuille.inscription,
        portefeuille=portefeuille,
        kind=kind,
        etat=Etat.LECTURE,
        file_name=name,
        created_at=clock.now(),
    )
    with transaction.atomic():
        _judge(demande, path, each)
        transaction.set_rollback(True)
    other, problem = designated(portefeuille, name), demande.problem
    return Checked(
        problem=problem["code"] if problem else "",
        message=told(problem) if problem else "",
        remarks=tuple(told(remark) for remark in demande.remarks),
        designates=other.name if other else "",
        counts=Counts.of(demande.counts),
    )


def _judge(demande: Demande, path: Path, each: Callable[[Line], None] | None) -> None:
    staging.stage(demande, lambda _done, _total: None, path)
    if demande.problem is not None:
        return
    judging.judge(demande)
    if each is None or demande.problem is not None:
        return
    people = people_of(Acteur(inscription_id=demande.inscription_id))
    for row in every(demande):
        each(line_of(row, people))
