"""What becomes of somebody's place in their company when the account is closed: no company is locked out.

A person who closes the account of the last administrateur names another one first, as long as others act for
the company; alone, the inscription ends with them. Where an account is closed because nobody came in for
years, and was warned, it ends in any case: the desk admits whoever asks next.
"""

from django.db import connection

from guichet.accounts.models import Account
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations.ending import NOBODY_LEFT, close
from guichet.inscriptions.operations.holding import check_not_last, lock
from guichet.inscriptions.operations.notices import tell_administrateurs
from guichet.inscriptions.operations.people import finish
from guichet.inscriptions.operations.settling import settle
from guichet.inscriptions.queries.people import acting, name_of
from guichet.inscriptions.states import Issue


def hold(*, account: Account) -> None:
    """Hold the company of ``account``, if it acts for one: before the account itself is held."""
    _held(account)


def check_leaving(*, account: Account) -> None:
    """Raise ``LastAdministrateur`` where others act for the company and nobody would administer it."""
    acteur = _held(account)
    if acteur and acting(acteur.inscription_id).exclude(pk=acteur.pk).exists():
        check_not_last(acteur)


def leave(*, account: Account, actor: str) -> None:
    """End the place of ``account`` in its company, and the inscription where nobody else acts for it.

    In the caller's transaction, which closes the account and has closed its rights.
    """
    acteur = _held(account)
    if acteur is None:
        return
    if acteur.is_candidate:
        candidature = acteur.candidature
        candidature.acteur = acteur
        settle(candidature, Issue.RETIREE, actor=actor)
        return
    others = acting(acteur.inscription_id).exclude(pk=acteur.pk)
    if not others.exists():
        close(acteur.inscription, because=NOBODY_LEFT, actor=actor)
        return
    said = {"person": name_of(account), "by": "", "what": "left"}
    roles = {"administrateur": acteur.administrateur, "declarant": acteur.declarant}
    tell_administrateurs(acteur.inscription, "equipe", but=[account], **said, **roles)
    finish(acteur, actor=actor)


def _held(account: Account) -> Acteur | None:
    """For whom ``account`` acts, its company held."""
    if not connection.in_atomic_block:
        raise RuntimeError("a company is held in the transaction that closes the account")
    mine = Acteur.objects.filter(account=account, ended_at=None)
    found = mine.first()
    if found is None:
        return None
    lock(found.inscription_id)
    return mine.select_related("inscription", "account", "candidature").first()
