"""The people of one firm. Anybody may claim a SIREN: who is a colleague, those who are there already say.

The first of a firm is recognised by itself; everybody else waits until somebody recognised says that they
know them, and is neither shown a name nor offered a file before. Who recognised somebody may take it back.
An operator decides where the first one was an impostor (``settle``).
"""

import uuid

from django.db import connection, transaction

from guichet.accounts.models import Account
from guichet.adhesions.models import Collegue, Remise
from guichet.adhesions.operations.notices import tell, tell_once_a_day
from guichet.adhesions.operations.proposals import lapse
from guichet.adhesions.queries.colleagues import is_recognised, name_of
from guichet.adhesions.states import Remittal
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal


class NotRecognised(Refusal):
    """This account says that it belongs to the firm, and nobody of the firm has confirmed it."""

    code = "not_recognised"
    message = N_(
        "Vos collègues ne vous ont pas encore reconnu : demandez à l’un d’eux d’ouvrir « Vos collègues » "
        "dans son espace abonné. En attendant, aucun dossier ne peut passer de l’un à l’autre."
    )
    status = 403


class UnknownColleague(Refusal):
    """Nobody of this firm, or nobody any more."""

    code = "unknown_colleague"
    message = N_("Cette personne n’est pas, ou n’est plus, parmi les comptes de votre entreprise.")
    status = 404


class RecognisedByAnother(Refusal):
    """Whoever recognised somebody takes it back, and nobody else: an impostor would exclude the firm."""

    code = "recognised_by_another"
    message = N_(
        "Ce n’est pas vous qui avez reconnu cette personne : seule celle qui l’a reconnue peut revenir sur "
        "sa décision. Si vous pensez à une usurpation, appelez l’assistance."
    )
    status = 403


def present(*, account: Account) -> Collegue | None:
    """The place of ``account`` among the people of its firm, made at the first need; ``None``: no firm.

    The first of a firm is recognised; those who are there already are told of everybody else, by e-mail.
    """
    if not account.siren:
        return None
    known = Collegue.objects.filter(account=account, siren=account.siren).first()
    if known and known.recognised_at:
        return known
    with transaction.atomic():
        _lock_firm(account.siren)
        return _join(account)


@transaction.atomic
def recognise(*, account: Account, colleague_id: uuid.UUID | str) -> None:
    """``account`` says that a newcomer works in the same firm. Twice is as once.

    Raises ``NotRecognised`` and ``UnknownColleague``.
    """
    _lock_firm(account.siren)
    check_recognised(account)
    row = _of_firm(account, colleague_id)
    if row.recognised_at is None:
        _settle(row, recognised_by=account, actor=account.subject)
        tell(row.account, "collegue_reconnu", who=name_of(account))


@transaction.atomic
def decline(*, account: Account, colleague_id: uuid.UUID | str) -> None:
    """``account`` does not know a newcomer, or takes back that it does. Twice is as once.

    What was proposed to or by her, and not accepted yet, is void. Raises ``NotRecognised``,
    ``UnknownColleague``, and ``RecognisedByAnother``.
    """
    _lock_firm(account.siren)
    check_recognised(account)
    row = _of_firm(account, colleague_id)
    if row.recognised_at and row.recognised_by_id != account.pk:
        raise RecognisedByAnother
    if row.declined_at is None:
        _settle(row, recognised_by=None, actor=account.subject)
        tell(row.account, "collegue_ecarte")


@transaction.atomic
def settle(*, account: Account, recognised: bool) -> None:
    """An operator decides who belongs to a firm, after looking at papers: the way out where the first one
    was an impostor. Raises ``UnknownColleague`` for an account that belongs to no firm.
    """
    if not account.siren:
        raise UnknownColleague
    _lock_firm(account.siren)
    row = _join(account)
    if row.recognised_at if recognised else row.declined_at:
        return
    _settle(row, recognised_by=None, actor="operator", recognised=recognised)
    if recognised:
        tell(account, "collegue_reconnu", who="")
    else:
        tell(account, "collegue_ecarte")


def check_recognised(account: Account) -> None:
    """Raise ``NotRecognised`` unless ``account`` is recognised in its firm."""
    if not is_recognised(account):
        raise NotRecognised


def forget(account: Account) -> None:
    """``account`` is closed: it is nobody's colleague, and what was proposed to or by it is void."""
    _void_proposals(account)
    Collegue.objects.filter(account=account).delete()


def _join(account: Account) -> Collegue:
    row = Collegue.objects.select_related("account").filter(account=account).first()
    if row and row.siren != account.siren:  # another firm now: the former one's word counts for nothing
        forget(account)
        row = None
    others = Collegue.objects.filter(siren=account.siren, recognised_at__isnull=False)
    first = not others.exclude(account=account).exists()
    new = row is None
    row = row or Collegue.objects.create(account=account, siren=account.siren)
    if first and row.recognised_at is None and row.declined_at is None:
        _settle(row, recognised_by=None, actor="system", recognised=True)
    elif new:
        journal.record(subject=account.subject, kind="colleague.joined", actor=account.subject, data={})
        for other in others.select_related("account").filter(account__suspended_at=None):
            tell_once_a_day(other.account, "collegue_nouveau")
    return row


def _settle(
    row: Collegue, *, recognised_by: Account | None, actor: str, recognised: bool | None = None
) -> None:
    yes = recognised_by is not None if recognised is None else recognised
    now = clock.now()
    row.recognised_at, row.recognised_by = (now, recognised_by) if yes else (None, None)
    row.declined_at = None if yes else now
    row.save(update_fields=["recognised_at", "recognised_by", "declined_at"])
    if not yes:
        _void_proposals(row.account)
    kind = "colleague.recognised" if yes else "colleague.declined"
    journal.record(subject=row.account.subject, kind=kind, actor=actor, data={})


def _void_proposals(account: Account) -> None:
    waiting = Remise.objects.filter(state=Remittal.PROPOSED)
    for pk in [
        *waiting.filter(sender=account).values_list("pk", flat=True),
        *waiting.filter(recipient=account).values_list("pk", flat=True),
    ]:
        lapse(pk)


def _of_firm(account: Account, colleague_id: uuid.UUID | str) -> Collegue:
    rows = Collegue.objects.select_related("account").filter(siren=account.siren)
    row = rows.exclude(account=account).filter(account_id=colleague_id).first()
    if row is None or row.account.siren != row.siren:
        raise UnknownColleague
    return row


def _lock_firm(siren: str) -> None:
    """One at a time: of two who come first at once, one is the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"adhesions.firm:{siren}"])
