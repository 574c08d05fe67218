"""The people of a company, and those who ask to be of it. A candidate who waited too long acts for nobody."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from guichet.accounts.models import Account, Provisional
from guichet.inscriptions import rules
from guichet.inscriptions.models import Acteur, Candidature, Inscription
from guichet.inscriptions.rules import Voie
from guichet.inscriptions.values import Candidate, Help, Somebody
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

_ACCOUNT = "account:"


class ActeurNotFound(Refusal):
    """Nobody of this company, or nobody who acts for it any more."""

    code = "acteur_not_found"
    message = N_("Cette personne n’agit pas, ou n’agit plus, pour votre entreprise.")
    status = 404


def acteur_of(*, account: Account) -> Acteur | None:
    """For whom ``account`` acts now, with ``inscription``, ``account`` and, of a candidate, ``candidature``.

    ``None``: for nobody, as also from the second on in which a candidature lapses.
    """
    over = Q(began_at=None, candidature__lapses_at__lte=clock.now())
    mine = Acteur.objects.select_related("inscription", "account", "candidature")
    return mine.filter(account=account, ended_at=None).exclude(over).first()


def name_of(account: Account) -> str:
    """« Jean Dupont-Martin »; empty for a closed account."""
    return str(account.profile.get("name", ""))


def people(*, acteur: Acteur) -> list[Somebody]:
    """Who acts for the company of ``acteur`` (a candidate sees nobody), administrateurs first, by name."""
    if acteur.is_candidate or acteur.ended_at:
        return []
    return _somebodies(acting(acteur.inscription_id))


def administrateurs(*, inscription: Inscription) -> list[Somebody]:
    """The administrateurs of a company, by name."""
    return _somebodies(acting(inscription.pk).filter(administrateur=True))


def is_administered(*, inscription: Inscription) -> bool:
    """Whether a company has an administrateur who may sign in, and so can answer."""
    return reachable(inscription.pk).exists()


def colleague(*, acteur: Acteur, acteur_id: int) -> Somebody:
    """One of ``people``. Raises ``ActeurNotFound``, whatever is wrong."""
    found = (
        [] if acteur.is_candidate or acteur.ended_at else acting(acteur.inscription_id).filter(pk=acteur_id)
    )
    if not found:
        raise ActeurNotFound
    return _somebodies(found)[0]


def candidates(*, acteur: Acteur) -> list[Candidate]:
    """Who asks to be administrateur of the company of ``acteur``, who is one; the first to lapse first."""
    if not acteur.administrateur or acteur.ended_at:
        return []
    rows = _waiting().filter(acteur__inscription_id=acteur.inscription_id)
    return [_candidate(row) for row in rows.order_by("lapses_at", "pk")]


def help_asked(*, acteur: Acteur) -> list[Help]:
    """Who asked the administrateurs, ``acteur`` one of them, for a new password; who waits longest first."""
    if not acteur.administrateur or acteur.ended_at:
        return []
    rows = acting(acteur.inscription_id).filter(administrateur=False, help_asked_at__isnull=False)
    return [
        Help(acteur_id=row.pk, name=name_of(row.account), email=row.account.email, asked_at=row.help_asked_at)
        for row in rows.order_by("help_asked_at", "pk")
        if row.help_asked_at
    ]


def candidature_of(*, account: Account) -> Candidate | None:
    """What ``account`` asked for and waits for; ``None`` where it asks for nothing, or no more."""
    row = _waiting().filter(acteur__account=account).first()
    return _candidate(row) if row else None


def acting(inscription_id: UUID) -> QuerySet[Acteur]:
    """Those who act for a company now, candidates left out."""
    rows = Acteur.objects.filter(inscription_id=inscription_id, ended_at=None, began_at__isnull=False)
    return rows.select_related("account")


def reachable(inscription_id: UUID) -> QuerySet[Acteur]:
    """The administrateurs who may still sign in: nobody waits for the others' answer."""
    return acting(inscription_id).filter(administrateur=True, account__suspended_at=None)


def _waiting() -> QuerySet[Candidature]:
    rows = Candidature.objects.select_related("acteur__account", "acteur__inscription", "letter")
    return rows.filter(settled_at=None, acteur__ended_at=None, lapses_at__gt=clock.now())


def _candidate(row: Candidature) -> Candidate:
    account = row.acteur.account
    return Candidate(
        acteur=row.acteur,
        name=name_of(account),
        email=account.email,
        asked_at=row.asked_at,
        lapses_at=row.lapses_at,
        days_left=rules.begun_days(row.lapses_at, now=clock.now()),
        voie=Voie(row.voie),
        key_sent_at=row.letter.created_at if row.letter else None,
    )


def _somebodies(rows: Iterable[Acteur]) -> list[Somebody]:
    found = list(rows)
    names = _names({row.created_by for row in found if row.created_by != row.account.subject})
    provisional = _provisional(row.account_id for row in found)
    made = [_somebody(row, names, provisional) for row in found]
    return sorted(made, key=lambda one: (not one.acteur.administrateur, one.name.casefold(), one.acteur_id))


def _somebody(row: Acteur, names: Mapping[str, str], provisional: Mapping[UUID, dt.datetime]) -> Somebody:
    return Somebody(
        acteur=row,
        name=name_of(row.account),
        email=row.account.email,
        roles=rules.roles(administrateur=row.administrateur, declarant=row.declarant),
        siret=row.siret,
        since=row.began_at,
        created_by=names.get(row.created_by, ""),
        provisional=provisional.get(row.account_id),
    )


def _names(actors: Iterable[str]) -> Mapping[str, str]:
    """The names of actors as the journal calls them; those that are no account have none."""
    ids = [actor.removeprefix(_ACCOUNT) for actor in actors if actor.startswith(_ACCOUNT)]
    return {one.subject: name_of(one) for one in Account.objects.filter(pk__in=ids)} if ids else {}


def _provisional(accounts: Iterable[UUID]) -> Mapping[UUID, dt.datetime]:
    rows = Provisional.objects.filter(account_id__in=list(accounts))
    return dict(rows.values_list("account_id", "expires_at"))
