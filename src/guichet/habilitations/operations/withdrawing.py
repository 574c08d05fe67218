"""A declaration or an établissement leaves the inscription: the rights on it end first (003, chapter 3)."""

from collections.abc import Collection

from django.db import transaction

from guichet.habilitations.operations.changing import change, held
from guichet.habilitations.operations.composing import composed
from guichet.habilitations.operations.notices import announce
from guichet.habilitations.queries.judging import taken
from guichet.habilitations.queries.reading import count_of
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.states import Origine
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.source import Source
from guichet.portefeuilles.operations import containing


class RightsLeft(Refusal):
    """Somebody may file this declaration still. Params: ``count``."""

    code = "rights_left"
    message = N_(
        "{count} droits sont encore ouverts sur cette déclaration : elle ne peut être retirée qu’une fois "
        "qu’ils sont fermés. Fermez-les dans « Gérer les habilitations », ou demandez à les fermer tous."
    )
    status = 409


class OneRightLeft(RightsLeft):
    """The same, of one."""

    code = "one_right_left"
    message = N_(
        "Un droit est encore ouvert sur cette déclaration : elle ne peut être retirée qu’une fois qu’il est "
        "fermé. Fermez-le dans « Gérer les habilitations », ou demandez à le fermer."
    )


@transaction.atomic
def withdraw_declaration(*, by: Acteur, code: str, close_rights: bool = False) -> None:
    """The declaration ``code`` leaves the inscription, its portfolios and its clients; ``close_rights``: the
    rights on it end with it.

    Raises ``RightsLeft`` where there are some and they are not to be closed, ``ActeurGone``,
    ``NotAdministrateur``, and what ``inscriptions.operations.remove_declaration`` raises.
    """
    fresh = held(by)
    count = count_of(inscription_id=fresh.inscription_id, declaration=code)
    if count and not close_rights:
        raise OneRightLeft(count=1) if count == 1 else RightsLeft(count=count)
    composed(
        fresh.inscription,
        taken(declaration=code),
        lambda made: containing.withdraw(made, [code]).contained > 0,
        origine=Origine.RETRAIT,
        actor=fresh.account.subject,
    )
    inscriptions.remove_declaration(by=fresh, code=code)


@transaction.atomic
def choose_etablissements(*, by: Acteur, sirets: Collection[str]) -> Changement:
    """The établissements that declare from now on; rights of those that are unticked end.

    Without rights that end, what is returned has no ``pk``. Raises ``ActeurGone``, ``NotAdministrateur``, and
    what ``inscriptions.operations.tick`` raises.
    """
    fresh = held(by)
    kept = [siret.replace("\0", "") for siret in sirets]
    made = _take(fresh, taken(but=kept, siren=fresh.inscription.siren))
    inscriptions.tick(by=fresh, sirets=sirets)
    return made


def _take(by: Acteur, source: Source) -> Changement:
    made = change(by.inscription, source, origine=Origine.RETRAIT, actor=by.account.subject)
    announce(made)
    return made
