"""Taking possession of an account: a password and a question of one's own (003, chapters 3, 5; ADR 0026)."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Provisional, Session
from guichet.accounts.operations import answers, attempts, links, messages, passwords
from guichet.accounts.operations.credentials import AccountSuspended, conclude_password
from guichet.accounts.rules import TrustChoice
from guichet.journal import operations as journal
from guichet.kernel.refusals import N_, Refusal


class ProvisionalEnded(Refusal):
    """It was used, or replaced by another one, in the meantime."""

    code = "provisional_ended"
    message = N_(
        "Ce mot de passe provisoire a déjà servi, ou un autre l’a remplacé. Connectez-vous avec le dernier "
        "mot de passe que vous avez choisi, ou que l’on vous a donné."
    )
    status = 409


def take_possession(*, account: Account, password: str, trust: TrustChoice) -> Account:
    """Give ``account``, who gave its provisional password, its own password and question; that one has ended.

    ``account`` as ``sessions.provisionally_signed_in`` gives it. Every other session and every link ends, the
    lock-outs are lifted, the person is told. The account that comes back may be signed in, as after
    ``sign_in`` by a password: where a second factor is wanted it owes that still. Call it outside a
    transaction. Raises ``rules.WeakPassword``, ``rules.AnswerTooShort``, ``ProvisionalEnded`` and
    ``AccountSuspended``.
    """
    door = door_of(account.espace)
    own_data = (*passwords.own_data_of(account), trust.answer)
    chosen = passwords.check_new(password, door, own_data=own_data)
    kept = answers.hashed(door, trust)
    with transaction.atomic():
        mine = _locked(account)
        mine.set_password(chosen)
        mine.save(update_fields=["password"])
        answers.keep(mine, kept)
        _conclude(mine)
    attempts.forgive_sign_in(door, mine.identifier)
    attempts.forgive_answer(mine)
    return mine


def _locked(account: Account) -> Account:
    """``account``, locked, without its provisional password: that which this browser gave, and no other."""
    try:
        given = account.provisional
    except ObjectDoesNotExist:
        raise ProvisionalEnded from None
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if locked.suspended_at:
        raise AccountSuspended
    ended, _ = Provisional.objects.filter(account=locked, hash=given.hash).delete()
    if not ended:
        raise ProvisionalEnded
    return locked


def _conclude(account: Account) -> None:
    links.spend_all(account)
    closed, _ = Session.objects.filter(account=account).delete()
    messages.tell(account, "compte_pris_en_main")
    data = {"closed_sessions": closed}
    kind = "account.possession_taken"
    journal.record(subject=account.subject, kind=kind, actor=account.subject, data=data)
    conclude_password(account)
