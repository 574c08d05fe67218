"""Clients come and go with their rights: a portfolio is composed by hand, or a company ends the tie itself
(003, chapter 4).

Each is one change, of portfolios and rights together (``composing.composed``).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from guichet.habilitations.operations.changing import change
from guichet.habilitations.operations.composing import composed
from guichet.habilitations.queries.judging import added, taken_of_clients
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations.holding import administering
from guichet.inscriptions.states import Origine
from guichet.journal import operations as journal
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.source import Source
from guichet.portefeuilles.models import Cliente, Portefeuille
from guichet.portefeuilles.operations import ClienteNotFound, containing, moving, placing
from guichet.portefeuilles.operations.holding import held, lock_both
from guichet.portefeuilles.queries import cliente, portefeuille
from guichet.portefeuilles.queries.containing import exactly
from guichet.portefeuilles.queries.placing import all_of, companies, whole
from guichet.portefeuilles.queries.placing import sirets as places
from guichet.portefeuilles.queries.proposing import Proposed, proposed
from guichet.portefeuilles.states import Beneficiaires, Fin


class NotContained(Refusal):
    """A client's declaration is one of its portfolio (003, chapter 4). Params: ``portefeuille``."""

    code = "not_contained"
    message = N_(
        "Une déclaration que vous avez choisie n’est pas dans le portefeuille « {portefeuille} » : "
        "ajoutez-la d’abord aux déclarations du portefeuille, puis à cette entreprise."
    )
    field = "codes"


class NotOfClient(Refusal):
    """A SIRET begins with the SIREN of its company."""

    code = "not_of_client"
    message = N_(
        "Un SIRET que vous avez choisi n’est pas de cette entreprise : il commencerait par son SIREN. "
        "Choisissez parmi ses établissements, ou ajoutez l’autre entreprise au portefeuille."
    )
    field = "sirets"


class SamePortefeuille(Refusal):
    """A portfolio that closes leaves its clients to another one."""

    code = "same_portefeuille"
    message = N_("Choisissez un autre portefeuille que celui qui se ferme.")
    field = "into"


@dataclass(frozen=True, kw_only=True)
class Added:
    """What came into a portfolio: ``sirets``; ``inactive``, those that the register calls closed, which stay
    out; ``refused``, companies of which nothing can come, with their reason. Without a ``pk`` where nothing
    came, ``changement`` was not written."""

    changement: Changement
    sirets: Sequence[str]
    inactive: Sequence[str]
    refused: Sequence[Proposed]


@transaction.atomic
def add(
    *,
    by: Acteur,
    portefeuille_id: UUID,
    sirens: Collection[str],
    beneficiaires: Beneficiaires = Beneficiaires.PERSONNE,
) -> Added:
    """Every active établissement of each company (SIREN, nine digits) comes into the portfolio, with all the
    declarations that it contains; ``beneficiaires`` get the rights on what came.

    Raises ``PortefeuilleNotFound``, ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``.
    """
    fresh = held(by)
    into = portefeuille(acteur=fresh, portefeuille_id=portefeuille_id)
    seen = proposed(acteur=fresh, portefeuille_id=into.pk, sirens=sorted({*sirens})).values()
    made = _enter(fresh, into, companies(sirens), beneficiaires)
    return Added(
        changement=made,
        sirets=[siret for one in seen if not one.reason for siret in one.active],
        inactive=[siret for one in seen for siret in one.closed],
        refused=[one for one in seen if one.reason],
    )


@transaction.atomic
def add_places(
    *,
    by: Acteur,
    cliente_id: int,
    sirets: Collection[str],
    beneficiaires: Beneficiaires = Beneficiaires.PERSONNE,
) -> Changement:
    """More établissements of a client; those that are there, or that the register calls closed or does not
    know, change nothing (no ``pk`` where none comes).

    Raises ``NotOfClient``, ``ClienteNotFound``, ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``.
    """
    fresh = held(by)
    client = cliente(acteur=fresh, cliente_id=cliente_id)
    return _enter(fresh, client.portefeuille, places(_of(client, sirets)), beneficiaires)


@transaction.atomic
def take_out(*, by: Acteur, cliente_id: int, sirets: Collection[str] | None = None) -> Changement:
    """A client leaves its portfolio, or some of its établissements do; the rights there end. Without any
    établissement left it is no client any more.

    Raises ``NotOfClient``, ``ClienteNotFound``, ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``.
    """
    fresh = held(by)
    client = cliente(acteur=fresh, cliente_id=cliente_id)
    leaving = whole(client) if sirets is None else places(_of(client, sirets), given=False)
    rights = taken_of_clients(cliente_id=client.pk, sirets=sirets)
    return _composed(
        fresh, rights, lambda made: placing.take_out(client.portefeuille, leaving, made).etablissements > 0
    )


@transaction.atomic
def contain(*, by: Acteur, portefeuille_id: UUID, codes: Collection[str]) -> Changement:
    """The portfolio contains these declarations, and no other. What comes is of no client yet (``declare``);
    what leaves leaves its clients too, and the rights on it end.

    Raises ``DeclarationNotChosen``, ``PortefeuilleNotFound``, ``ActeurGone``, ``NotAdministrateur``,
    ``NotTiers``.
    """
    fresh = held(by)
    found = portefeuille(acteur=fresh, portefeuille_id=portefeuille_id)
    there = {*found.declarations.filter(closed_at=None).values_list("code", flat=True)}
    leaving = there - {*codes}

    def act(made: Changement) -> bool:
        came = containing.add(found, {*codes}, made)
        return bool(containing.remove(found, leaving, made).contained if leaving else 0) or bool(came)

    return _composed(fresh, taken_of_clients(portefeuille_id=found.pk, codes=leaving), act)


@transaction.atomic
def declare(
    *,
    by: Acteur,
    cliente_id: int,
    codes: Collection[str],
    beneficiaires: Beneficiaires = Beneficiaires.PERSONNE,
) -> Changement:
    """A client has these declarations, and no other: each after its delay, which counts from the client's
    beginning. Rights on what it has no more end; ``beneficiaires`` get those on what comes.

    Raises ``NotContained``, ``ClienteNotFound``, ``ActeurGone``, ``NotAdministrateur``, ``NotTiers``.
    """
    fresh = held(by)
    client = cliente(acteur=fresh, cliente_id=cliente_id)
    wanted = {*codes}
    there = {*client.declarations.filter(closed_at=None).values_list("code", flat=True)}
    contained = client.portefeuille.declarations.filter(closed_at=None).values_list("code", flat=True)
    if wanted - there - {*contained}:
        raise NotContained(portefeuille=client.portefeuille.name)

    def act(made: Changement) -> bool:
        done = containing.declare(exactly(client, wanted), made)
        _give(fresh, client.portefeuille, beneficiaires, made)
        return bool(done.opened or done.closed)

    return _composed(fresh, taken_of_clients(cliente_id=client.pk, codes=there - wanted), act)


@transaction.atomic
def close(*, by: Acteur, portefeuille_id: UUID, into_id: UUID | None = None) -> Changement:
    """A portfolio ends: its clients go to another one (``into_id``) with their rights, delays and history, or
    are clients no more, and the rights for them end.

    Raises ``SamePortefeuille``, ``PortefeuilleNotFound``, ``ActeurGone``, ``NotAdministrateur``,
    ``NotTiers``.
    """
    fresh = held(by)
    found = portefeuille(acteur=fresh, portefeuille_id=portefeuille_id)
    if into_id == found.pk:
        raise SamePortefeuille
    into = portefeuille(acteur=fresh, portefeuille_id=into_id) if into_id else None

    def act(made: Changement) -> bool:
        if into is None:
            placing.take_out(found, all_of(found), made)
        else:
            moving.move(found, into, made)
        moving.close(found, made)
        return True

    none = taken_of_clients(portefeuille_id=found.pk, sirets=() if into else None)
    return _composed(fresh, none, act)


@transaction.atomic
def end_tie(*, by: Acteur, cliente_id: int) -> Changement:
    """The company of ``by`` ends what a firm declares for it: the rights of the firm's people end, and it
    can't take the company again until that lets it (``portefeuilles.operations.let_back``).

    Both companies are held, in the order of their ids. The firm is told, and everybody who loses a right.
    Raises ``ClienteNotFound`` (also where it ended already), ``ActeurGone``, ``NotAdministrateur``.
    """
    rows = Cliente.objects.select_related("inscription", "portefeuille").filter(closed_at=None)
    seen = rows.filter(pk=cliente_id).first() if 0 < cliente_id < 2**63 else None
    lock_both(by.inscription_id, *([seen.inscription_id] if seen else []))
    fresh = administering(by)
    client = rows.filter(pk=cliente_id, siren=fresh.inscription.siren).first() if seen else None
    if client is None:
        raise ClienteNotFound
    made = composed(
        client.inscription,
        taken_of_clients(cliente_id=client.pk),
        lambda made: (
            placing.take_out(client.portefeuille, whole(client), made, Fin.CLIENT).etablissements > 0
        ),
        origine=Origine.CLIENT,
        actor=fresh.inscription.subject,  # the firm learns which company, not who of it
    )
    journal.record(
        subject=fresh.inscription.subject,
        kind="inscription.tiers_ended",
        actor=fresh.account.subject,
        data={"cliente": client.pk, "firm": client.inscription.siren},
    )
    return made


def _of(client: Cliente, sirets: Collection[str]) -> Collection[str]:
    if any(not siret.startswith(client.siren) for siret in sirets):
        raise NotOfClient
    return sirets


def _enter(by: Acteur, into: Portefeuille, source: Source, beneficiaires: Beneficiaires) -> Changement:
    def act(made: Changement) -> bool:
        entered = placing.enter(into, source, made)
        _give(by, into, beneficiaires, made)
        return entered.etablissements > 0

    return _composed(by, None, act)


def _give(by: Acteur, into: Portefeuille, beneficiaires: Beneficiaires, made: Changement) -> None:
    if beneficiaires != Beneficiaires.PERSONNE:
        source = added(made, into.pk, beneficiaires)
        change(by.inscription, source, origine=Origine(made.origine), actor=by.account.subject, within=made)


def _composed(by: Acteur, rights: Source | None, act: Callable[[Changement], bool]) -> Changement:
    return composed(by.inscription, rights, act, origine=Origine.PORTEFEUILLE, actor=by.account.subject)
