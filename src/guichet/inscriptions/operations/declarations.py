"""What a company declares: chosen, added, removed (003, chapters 2 and 3)."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur, DeclarationInscrite, Inscription
from guichet.inscriptions.operations.holding import administering
from guichet.inscriptions.operations.notices import tell_administrateurs
from guichet.inscriptions.operations.refusals import CannotBegin
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.rules import opens_at
from guichet.inscriptions.values import Declaration
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class NotOffered(CannotBegin):
    """A declaration that is not offered, or no more. Params: ``declaration``."""

    code = "declaration_not_offered"
    message = N_("« {declaration} » n’est pas, ou n’est plus, proposée : faites votre choix de nouveau.")
    field = "declarations"


class CharterNotAccepted(CannotBegin):
    """A declaration whose charter is to be accepted. Params: ``declaration``."""

    code = "charter_not_accepted"
    message = N_("Lisez et acceptez la charte de « {declaration} », ou renoncez à cette déclaration.")
    field = "charters"


class DeclarationNotChosen(Refusal):
    """The company does not declare this, or not any more."""

    code = "declaration_not_chosen"
    message = N_("Cette déclaration ne fait pas, ou plus, partie de votre inscription.")
    status = 404


def check_chosen(codes: Collection[str], charters: Collection[str]) -> list[Declaration]:
    """The declarations of these codes, in the order of the catalogue.

    Raises ``NotOffered`` and ``CharterNotAccepted``.
    """
    offered = catalogue.declarations()
    for code in codes:
        if code not in offered:
            raise NotOffered(declaration=catalogue.label(code))
        if offered[code].charter and code not in charters:
            raise CharterNotAccepted(declaration=offered[code].label)
    return [one for code, one in offered.items() if code in codes]


def inscrite(
    inscription: Inscription, declaration: Declaration, actor: str, now: dt.datetime
) -> DeclarationInscrite:
    """A declaration that a company chooses now: its delay counts once, from the inscription's beginning."""
    return DeclarationInscrite(
        inscription=inscription,
        code=declaration.code,
        added_at=now,
        added_by=actor,
        charter_accepted_at=now if declaration.charter else None,
        opens_at=opens_at(began_at=inscription.began_at, delay=declaration.delay, now=now),
    )


@transaction.atomic
def add_declarations(
    *, by: Acteur, codes: Collection[str], charters: Collection[str]
) -> list[DeclarationInscrite]:
    """The company of ``by`` declares these too; those that it declares already stay as they are.

    They open ``delay`` after the inscription's beginning: at once, where that is over. Raises
    ``NotAdministrateur``, ``ActeurGone``, ``NotOffered`` and ``CharterNotAccepted``.
    """
    by = administering(by)
    inscription, now = by.inscription, clock.now()
    known = set(_chosen(inscription).filter(code__in=codes).values_list("code", flat=True))
    wanted = check_chosen([code for code in codes if code not in known], charters)
    made = [inscrite(inscription, one, by.account.subject, now) for one in wanted]
    DeclarationInscrite.objects.bulk_create(made)
    if made:
        _tell(by, "declarations.added", [one.code for one in made])
    return made


@transaction.atomic
def remove_declaration(*, by: Acteur, code: str) -> None:
    """The company of ``by`` declares this no more; its history stays. Rights are closed above this room.

    Raises ``NotAdministrateur``, ``ActeurGone`` and ``DeclarationNotChosen``.
    """
    by = administering(by)
    ended = {"removed_at": clock.now(), "removed_by": by.account.subject}
    if not _chosen(by.inscription).filter(code=code).update(**ended):
        raise DeclarationNotChosen
    _tell(by, "declarations.removed", [code])


def _chosen(inscription: Inscription) -> QuerySet[DeclarationInscrite]:
    return DeclarationInscrite.objects.filter(inscription=inscription, removed_at=None)


def _tell(by: Acteur, kind: str, codes: list[str]) -> None:
    tell_administrateurs(
        by.inscription,
        "declarations",
        but=[by.account],
        by=name_of(by.account),
        removed=kind == "declarations.removed",
        labels=[catalogue.label(code) for code in codes],
    )
    data = {"declarations": codes, "acteur": by.pk}
    journal.record(
        subject=by.inscription.subject, kind=f"inscription.{kind}", actor=by.account.subject, data=data
    )
