"""Activating by the link of a message (000, step 3), or by its code (004, step 3): the account exists."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, is_password_usable
from django.db import transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.hashers import DECOY
from guichet.accounts.models import Account, PendingRegistration, Token
from guichet.accounts.operations import answers, attempts, certificates, codes, links, numbers
from guichet.accounts.operations.codes import CodeRefused
from guichet.accounts.operations.links import LinkExpired, LinkReplaced, LinkUsed
from guichet.accounts.rules import AnswerTooShort, Client, Presented, TrustChoice, folded_answer, pasted
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

KIND = Token.Kind.ACTIVATION


class AlreadyActivated(LinkUsed):
    """The account exists: what the person wanted is there. Params: ``espace``."""

    code = "already_activated"
    message = N_("Votre compte existe déjà : vous pouvez vous connecter.")
    status = 200


class RegistrationExpired(LinkExpired):
    """The link was opened too late, and the registration is forgotten. Params: ``espace``."""

    code = "registration_expired"
    message = N_(
        "Ce lien a expiré : votre inscription n’a pas été confirmée à temps. Recommencez votre inscription."
    )


class PasswordWanted(Refusal):
    """The code is right, and this is not the browser that registered: anybody may type any address."""

    code = "password_wanted"
    message = N_(
        "Vous n’êtes pas sur l’appareil où vous vous êtes inscrit, ou votre navigateur ne s’en souvient "
        "plus : saisissez aussi votre mot de passe, celui que vous avez choisi en vous inscrivant."
    )
    field = "password"


class CodeOrPasswordRefused(CodeRefused):
    """``CodeRefused`` where a password was typed too: which of them is wrong is not told."""

    code = "code_or_password_refused"
    message = N_(
        "Cet identifiant, ce code et ce mot de passe ne vont pas ensemble, ou ce code n’est plus valable : "
        "il ne sert qu’une fois, jusqu’au moment que dit son message, et un code plus récent le remplace. "
        "Vérifiez les trois, majuscules et minuscules comprises. Si c’est bien le dernier code et votre mot "
        "de passe, quelqu’un d’autre a pu saisir votre adresse : recommencez votre inscription."
    )


class PasswordRefused(Refusal):
    """The link is right; the password is not the one of the registration that it belongs to."""

    code = "activation_password"
    message = N_(
        "Ce n’est pas le mot de passe qui a été choisi à l’inscription. Saisissez-le de nouveau, majuscules "
        "et minuscules comprises. Si vous n’avez rien choisi, ou si vous l’avez oublié, recommencez votre "
        "inscription : un nouveau lien remplacera celui-ci."
    )
    field = "password"


@dataclass(frozen=True)
class Waiting:
    """A registration that its link would activate. ``registration``: what ``register`` gave for it."""

    espace: str
    email: str
    registration: uuid.UUID


@transaction.atomic
def waiting(*, token: str) -> Waiting:
    """What the link of « votre compte » would activate; changes nothing. Raises as ``activate``."""
    _, pending = _by_link(token)
    return Waiting(pending.espace, pending.email, pending.account_id)


def activate(*, token: str, registration: uuid.UUID | None = None, password: str = "") -> Account:
    """Use the link of « votre compte »: the account exists from now on.

    Where people choose their password, the link shows who reads the mailbox, and not who registered: so
    ``registration``, what ``register`` gave to this browser, is wanted too, or ``password`` (ADR 0019).
    Call it outside a transaction.

    Raises ``LinkUnknown``, ``RegistrationExpired``, ``LinkReplaced`` (they registered again since); the
    second time ``AlreadyActivated``, which changes nothing; ``PasswordWanted``, ``PasswordRefused``,
    ``kernel.limits.Saturated``.
    """
    with transaction.atomic():
        _, found = _by_link(token)
    theirs = door_of(found.espace).password.generated or found.account_id == registration
    if not theirs and not password:
        raise PasswordWanted
    if not theirs and not check_password(pasted(password), found.password):
        raise PasswordRefused
    with transaction.atomic():
        row, pending = _by_link(token)
        return _conclude(pending, row)


def _by_link(token: str) -> tuple[Token, PendingRegistration]:
    """A newer registration has another link: the same link finds the one whose password was looked at."""
    row = links.find(KIND, token)
    if row.used_at:
        raise AlreadyActivated(espace=row.espace)
    if row.expires_at <= clock.now():
        raise RegistrationExpired(espace=row.espace)
    pending = PendingRegistration.objects.select_for_update().filter(token=row).first()
    if pending is None:
        raise LinkReplaced(espace=row.espace)
    return row, pending


def activate_by_code(
    *,
    espace: str,
    identifier: str,
    code: str,
    client: Client,
    registration: uuid.UUID | None = None,
    password: str = "",
) -> Account:
    """Activate by the code of the message (004, step 3): the account exists from now on, with its number.

    The code shows who reads the mailbox, and not who registered: else somebody who registers with another's
    address has them confirm a password that is not theirs (ADR 0019). So ``registration``, what ``register``
    gave to this browser, is wanted too, or ``password``, the one that was chosen then; for who registered
    with a certificate, the answer to the question of trust in its place. Call it outside a transaction.

    Raises ``PasswordWanted`` for a right code without either; ``codes.CodeRefused``, one sentence for an
    unknown identifier and for a wrong, old or replaced code (``CodeOrPasswordRefused`` where a password was
    typed, wrong ones included, after the same time); for a right code a second time ``AlreadyActivated``,
    which changes nothing; ``attempts.CodeTriesLockedOut``, ``rules.NumbersExhausted`` and
    ``kernel.limits.Saturated``.
    """
    door = door_of(espace)
    attempts.count_code_try(door, KIND, identifier, client)
    with attempts.code_looked_at(door, KIND, identifier, client):
        opened = _opened(door, identifier, code, password) if password else ""
    try:
        account = _activated(door, identifier, code, registration, opened=opened, typed=bool(password))
    except CodeRefused:
        raise (CodeOrPasswordRefused if password else CodeRefused) from None
    attempts.forgive_code_tries(door, KIND, identifier, client)
    return account


@transaction.atomic
def _activated(
    door: Espace, identifier: str, code: str, registration: uuid.UUID | None, *, opened: str, typed: bool
) -> Account:
    row = codes.find(KIND, door=door, owner=identifier, code=code)
    if row.used_at:
        raise AlreadyActivated(espace=door.code)
    codes.check_usable(row)
    pending = PendingRegistration.objects.select_for_update().filter(token=row).first()
    if pending is None:
        raise CodeRefused
    if pending.account_id != registration and opened != _secret(pending):
        raise CodeRefused if typed else PasswordWanted
    return _conclude(pending, row)


def _opened(door: Espace, identifier: str, code: str, password: str) -> str:
    """The hash that ``password`` opens, of the registration that waits for ``code``; else nothing.

    One hash is verified in every case, outside of the transaction that locks.
    """
    hashed = codes.hashed(KIND, door=door, owner=identifier, code=code)
    pending = PendingRegistration.objects.filter(token__kind=KIND, token__hash=hashed).first()
    secret = _secret(pending) if pending else DECOY
    text = pasted(password)
    if pending and secret == pending.trust_answer:
        text = _folded(text)
    return secret if check_password(text, secret) and pending else ""


def _secret(pending: PendingRegistration) -> str:
    """The hash of what was chosen at registration: the password, or the answer where there is none."""
    return pending.password if is_password_usable(pending.password) else pending.trust_answer


def _folded(answer: str) -> str:
    try:
        return folded_answer(answer)
    except AnswerTooShort:
        return ""


def _conclude(pending: PendingRegistration, row: Token) -> Account:
    account = _create(pending)
    if pending.trust_question:
        answers.keep(account, TrustChoice(pending.trust_question, pending.trust_answer))
    if pending.certificate:
        certificates.bind_certificate(account=account, presented=Presented.from_json(pending.certificate))
    Token.objects.filter(pk=row.pk).update(used_at=account.created_at, account=account)
    pending.delete()
    data = {"number": account.number} if account.number else {}
    journal.record(subject=account.subject, kind="account.activated", actor=account.subject, data=data)
    door_of(account.espace).activated(account)
    return account


def _create(pending: PendingRegistration) -> Account:
    door = door_of(pending.espace)
    taken = Account.objects.filter(espace=pending.espace, identifier=pending.identifier)
    if taken.exists():  # before a number is drawn
        raise AlreadyActivated(espace=pending.espace)
    values = {
        "id": pending.account_id,
        "email": pending.email,
        "profile": pending.profile,
        "password": pending.password,
        "terms_version": pending.terms_version,
        "terms_accepted_at": pending.terms_accepted_at,
        "created_at": clock.now(),
        "number": numbers.next_number(door),
        "siren": door.siren(pending.identifier, pending.profile),
    }
    account, created = Account.objects.get_or_create(
        espace=pending.espace, identifier=pending.identifier, defaults=values
    )
    if not created:  # registered once more while the first link was being opened
        raise AlreadyActivated(espace=pending.espace)
    return account
