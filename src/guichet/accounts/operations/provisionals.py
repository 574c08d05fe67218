"""Provisional passwords: given by an administrateur, or shown by the link of a message (003, chapters 3, 5),
which ``recovery.ask_provisional`` sends.

No message holds one, and none opens a session: it opens the choice of a password and of a question
of trust (``possession``; ADR 0026).
"""

import datetime as dt
import secrets
from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Provisional, Session, Token, TrustAnswer
from guichet.accounts.operations import attempts, links, messages, profile
from guichet.accounts.operations.enrolment import forget_factor
from guichet.accounts.operations.given import AccountExists
from guichet.accounts.operations.provisional_tries import policy_of
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_

KIND = Token.Kind.PROVISIONAL


class IdentifierTaken(AccountExists):
    """Somebody signs in with these data: another person of that name, or this one since long."""

    code = "identifier_taken"
    message = N_(
        "Un compte existe déjà avec ces données de connexion. S’il s’agit d’une autre personne du même nom, "
        "ajoutez-lui un deuxième prénom ou une initiale."
    )
    field = "first_name"


@transaction.atomic
def give(
    *, espace: str, identifier: str, email: str, profile: Mapping[str, object], actor: str
) -> tuple[Account, str]:
    """An account for somebody, and the provisional password that ``actor`` tells them (003, chapter 3).

    ``identifier`` and ``email`` as the espace's ``Identifier.parse`` and ``EmailAddress.parse`` give them;
    ``actor`` as in the journal. The message to ``email`` says that it will be told, and holds none. Raises
    ``IdentifierTaken`` (an ``AccountExists``) and ``attempts.TooManyMessages``.
    """
    door = door_of(espace)
    values = {
        "email": email,
        "profile": dict(profile),
        "password": make_password(None),
        "terms_version": door.terms_version,
        "created_at": clock.now(),
        "siren": door.siren(identifier, profile),
    }
    account, created = Account.objects.get_or_create(espace=espace, identifier=identifier, defaults=values)
    if not created:
        raise IdentifierTaken
    data = {"espace": espace}
    journal.record(subject=account.subject, kind="account.given", actor=actor, data=data)
    return account, _give(account, actor, "compte_ouvert")


@transaction.atomic
def regive(*, account: Account, email: str, profile: Mapping[str, object], actor: str) -> str:
    """Give an account that acts for nobody any more once again; the provisional password to tell.

    All that let its person in ends: password, question, links, sessions, second factor. Both mailboxes are
    told, the former one without the new address: it may be somebody else's. Raises
    ``attempts.TooManyMessages``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if email.casefold() != account.email.casefold():
        messages.tell(account, "compte_redonne")
    forget_factor(account)
    account.email, account.profile = email, dict(profile)
    account.siren = door_of(account.espace).siren(account.identifier, profile)
    account.save(update_fields=["email", "profile", "siren", "factor_since"])
    data = {"closed_sessions": _let_nobody_in(account)}
    journal.record(subject=account.subject, kind="account.regiven", actor=actor, data=data)
    return _give(account, actor, "compte_ouvert")


@transaction.atomic
def give_provisional(*, account: Account, actor: str) -> str:
    """Another provisional password, for ``actor`` to tell; password, question, links and sessions end.

    The second factor stays: whoever is told it owes that too. The person is told by e-mail that it was given,
    and by whom one gets it. Raises ``attempts.TooManyMessages``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    data = {"closed_sessions": _let_nobody_in(account)}
    journal.record(subject=account.subject, kind="account.provisional_given", actor=actor, data=data)
    return _give(account, actor, "mot_de_passe_provisoire_donne")


@transaction.atomic
def end_provisional(*, account: Account, actor: str) -> bool:
    """End the provisional password of ``account``, whoever made it; whether there was one."""
    ended, _ = Provisional.objects.filter(account=account).delete()
    if ended:
        journal.record(subject=account.subject, kind="account.provisional_ended", actor=actor, data={})
    return bool(ended)


@transaction.atomic
def correct_email(*, account: Account, email: str, actor: str) -> Account:
    """Have the messages of ``account`` go to ``email``, as its administrateur says (003, chapter 5).

    Links that the former mailbox received end, and what one of them showed; both mailboxes are told. Password
    and question stay. Raises ``profile.SameEmail``, ``profile.AddressTaken`` where one signs in with the
    address, and ``attempts.TooManyMessages``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if email.casefold() == account.email.casefold():
        raise profile.SameEmail
    attempts.count_recipient(door_of(account.espace), email)
    former = account.email
    profile.take_address(account, email)
    links.spend_all(account)
    Provisional.objects.filter(account=account, given_by=account.subject).delete()
    for mailbox in (former, email):
        messages.tell(account, "adresse_corrigee", to=mailbox, email=email)
    journal.record(subject=account.subject, kind="account.email_corrected", actor=actor, data={})
    return account


@transaction.atomic
def provisional_account(*, token: str) -> Account:
    """Whose provisional password this link shows; spends nothing. Raises as ``open_provisional``."""
    return _by_link(token)[0]


@transaction.atomic
def open_provisional(*, token: str) -> str:
    """The provisional password that this link shows, once; it replaces one that was shown or given before.

    The password that the person has works until they replace it. Raises ``LinkUnknown``, ``LinkUsed`` and
    ``LinkExpired``.
    """
    account, row = _by_link(token)
    Token.objects.filter(pk=row.pk).update(used_at=clock.now())
    policy = policy_of(door_of(account.espace))
    shown = _new(account, account.subject, length=policy.sent_length, lifetime=policy.sent_lifetime)
    kind = "account.provisional_opened"
    journal.record(subject=account.subject, kind=kind, actor=account.subject, data={})
    return shown


def _by_link(token: str) -> tuple[Account, Token]:
    account, row = links.find_of_account(KIND, token)
    links.check_usable(row)  # those of a suspended account have ended
    return account, row


def _let_nobody_in(account: Account) -> int:
    """End password, question, links and sessions of ``account`` (locked); how many sessions there were."""
    account.set_unusable_password()
    account.save(update_fields=["password"])
    TrustAnswer.objects.filter(account=account).delete()
    links.spend_all(account)
    return Session.objects.filter(account=account).delete()[0]


def _give(account: Account, actor: str, template: str) -> str:
    door = door_of(account.espace)
    policy = policy_of(door)
    attempts.count_recipient(door, account.email)
    shown = _new(account, actor, length=policy.given_length, lifetime=policy.given_lifetime)
    attempts.forgive_sign_in(door, account.identifier)
    deadline = moment_in_words(clock.now() + policy.given_lifetime)
    messages.tell(account, template, length=policy.given_length, deadline=deadline)
    return shown


def _new(account: Account, by: str, *, length: int, lifetime: dt.timedelta) -> str:
    digits = f"{secrets.randbelow(10**length):0{length}}"
    now = clock.now()
    values = {"hash": make_password(digits), "given_at": now, "given_by": by, "tries": 0}
    Provisional.objects.update_or_create(account=account, defaults={**values, "expires_at": now + lifetime})
    return digits
