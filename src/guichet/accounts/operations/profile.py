"""What someone changes about themselves: their data (000, step 5) and their e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, Token
from guichet.accounts.operations import attempts, codes, links, messages, proofs
from guichet.accounts.operations.credentials import verify_password
from guichet.accounts.operations.links import LinkRefused
from guichet.accounts.rules import Client, changed_fields
from guichet.courriers.links import link
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal


class SameEmail(Refusal):
    """The new address is the present one."""

    code = "same_email"
    message = N_("C’est déjà votre adresse électronique : saisissez la nouvelle.")
    field = "email"


class AddressTaken(LinkRefused):
    """Somebody else signs in with the new address since. Params: ``espace``."""

    code = "address_taken"
    message = N_("Cette adresse est celle d’un autre compte : le vôtre garde la sienne.")
    status = 409


@transaction.atomic
def change_profile(*, account: Account, profile: Mapping[str, object]) -> Account:
    """Change the fields that ``profile`` names and leave the others. The journal tells their names."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    changed = changed_fields(account.profile, {**account.profile, **profile})
    if changed:
        account.profile = {**account.profile, **profile}
        account.siren = door_of(account.espace).siren(account.identifier, account.profile)
        account.save(update_fields=["profile", "siren"])
        data = {"fields": changed}
        journal.record(
            subject=account.subject, kind="account.profile_changed", actor=account.subject, data=data
        )
    return account


def ask_email_change(*, account: Account, email: str, password: str = "", code: str = "") -> None:
    """Send a link, or a code, to the new address, which counts once that is used, and tell the present one.

    Where the espace has codes, ``code`` is that of ``ask_proof``, which wanted the password. Else the present
    password suffices, also where there is a question of trust: the new mailbox has to answer, and the present
    one is told twice and can stop it. Raises ``SameEmail``, what the espace's ``Identifier.parse`` raises
    where one signs in with the address, ``WrongPassword``, ``attempts.LockedOut`` or ``codes.ProofRefused``,
    ``attempts.CodeTriesLockedOut``, and ``attempts.TooManyMessages``.
    """
    door = door_of(account.espace)
    if email.casefold() == account.email.casefold():
        raise SameEmail
    if door.identifier.is_email:
        door.identifier.parse(email)
    if door.codes:
        attempts.count_recipient(door, email)
        with proofs.shown(account, code) as account:
            _send_email_change(door, account, email)
        return
    verify_password(account, password)
    attempts.count_recipient(door, email)
    with transaction.atomic():
        _send_email_change(door, account, email)


def _send_email_change(door: Espace, account: Account, email: str) -> None:
    former = Token.objects.filter(account=account, kind=Token.Kind.EMAIL_CHANGE, used_at=None)
    former.update(used_at=clock.now(), payload={})
    way = _way(door, account, email)
    messages.tell(account, "adresse_a_verifier", to=email, secret=True, **way)
    messages.tell(account, "changement_d_adresse", email=email)
    journal.record(subject=account.subject, kind="account.email_change_asked", actor=account.subject, data={})


def _way(door: Espace, account: Account, email: str) -> dict[str, str]:
    kind, lifetime, payload = Token.Kind.EMAIL_CHANGE, door.lifetimes.email_change, {"email": email}
    if door.codes:
        row, code = codes.issue(
            kind, door=door, owner=account.subject, lifetime=lifetime, account=account, payload=payload
        )
        return {"code": code, "deadline": moment_in_words(row.expires_at)}
    row, secret = links.issue(kind, espace=door.code, lifetime=lifetime, account=account, payload=payload)
    return {"link": link("e", secret), "deadline": moment_in_words(row.expires_at)}


@dataclass(frozen=True)
class EmailChange:
    """What a link asks for: that the messages of ``account`` go to ``email``; ``done`` where they do."""

    account: Account
    email: str
    done: bool


@transaction.atomic
def email_change(*, token: str) -> EmailChange:
    """What this link would change, or has changed; changes nothing. Raises as ``confirm_email_change``."""
    return _email_change(token)[0]


@transaction.atomic
def confirm_email_change(*, token: str) -> Account:
    """Take the new address, and tell the old one; every other link of the account ends. Twice is as once.

    Raises ``LinkUnknown``, ``LinkUsed`` (the address was changed again since, or another was asked for),
    ``LinkExpired`` and, where one signs in with the address, ``AddressTaken``.
    """
    change, row = _email_change(token)
    if not change.done:
        _conclude(change, row)
    return change.account


def confirm_email_change_by_code(*, account: Account, code: str) -> Account:
    """The same, by the code that the new address received, for somebody who is signed in. Twice is as once.

    Raises ``codes.ProofRefused``, ``attempts.CodeTriesLockedOut`` and, where one signs in with the address,
    ``AddressTaken``.
    """
    door, kind = door_of(account.espace), Token.Kind.EMAIL_CHANGE
    owner, client = account.subject, Client(address=account.subject)
    attempts.count_code_try(door, kind, owner, client)
    with transaction.atomic():
        try:
            account, row = codes.find_of_account(kind, door=door, owner=owner, code=code)
            change = _change(account, row)
            if not change.done:
                codes.check_usable(row)
        except codes.CodeRefused:
            raise codes.ProofRefused from None
        if not change.done:
            _conclude(change, row)
    attempts.forgive_code_tries(door, kind, owner, client)
    return account


def _conclude(change: EmailChange, row: Token) -> None:
    account, before = change.account, change.account.email
    take_address(account, change.email)
    Token.objects.filter(pk=row.pk).update(used_at=clock.now())  # what it carries tells a second use
    links.spend_all(account)
    messages.tell(account, "adresse_changee", to=before, email=account.email)
    journal.record(subject=account.subject, kind="account.email_changed", actor=account.subject, data={})


def take_address(account: Account, email: str) -> None:
    """Have the messages of ``account`` (locked) go to ``email``. Raises ``AddressTaken``."""
    account.email = email
    door = door_of(account.espace)
    if door.identifier.is_email:
        account.identifier = door.identifier.parse(email)
        others = Account.objects.filter(espace=account.espace, identifier=account.identifier)
        if others.exclude(pk=account.pk).exists():
            raise AddressTaken(espace=account.espace)
    try:
        with transaction.atomic():
            account.save(update_fields=["email", "identifier"])
    except IntegrityError:  # taken between the question and the answer
        raise AddressTaken(espace=account.espace) from None


def _email_change(token: str) -> tuple[EmailChange, Token]:
    account, row = links.find_of_account(Token.Kind.EMAIL_CHANGE, token)
    change = _change(account, row)
    if not change.done:
        links.check_usable(row)
    return change, row


def _change(account: Account, row: Token) -> EmailChange:
    email = row.payload.get("email", "")
    return EmailChange(account, email, done=row.used_at is not None and email == account.email)
