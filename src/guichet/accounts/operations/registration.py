"""Registering (000, steps 2 and 3; 004, step 2): the message that brings the link, or the code."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, PendingRegistration, Token
from guichet.accounts.operations import answers, attempts, codes, links, messages, passwords
from guichet.accounts.rules import Client, Presented, TrustChoice, generated_password
from guichet.courriers.links import link
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words


def register(
    *,
    espace: str,
    identifier: str,
    email: str,
    profile: Mapping[str, object],
    client: Client,
    password: str | None = None,
    trust: TrustChoice | None = None,
    presented: Presented | None = None,
    terms_accepted_at: dt.datetime | None = None,
) -> uuid.UUID:
    """Ask for an account; the answer is the same whether or not there is one already.

    Where there is none, a pending registration replaces the one before (000, step 3: a wrong address), and
    « votre compte », or a code (004, step 2), goes to ``email``. Where there is one, its own address is told,
    and nothing changes. ``password`` is needed where the espace does not generate it, but for who presents a
    certificate; ``trust`` where the espace has questions. Returns what the browser that registered is to show
    to ``activate_by_code``: a secret of its session. Raises ``attempts.TooManyMessages``,
    ``rules.WeakPassword`` and ``rules.AnswerTooShort``.
    """
    door = door_of(espace)
    generated = generated_password(door.password.generated_length) if door.password.generated else ""
    # Words alone: what else a profile holds (a list of 200 établissements) takes seconds to weigh.
    said = (text for text in profile.values() if isinstance(text, str))
    own_data = (identifier, email, *said, *([trust.answer] if trust else ()))
    chosen = generated or password
    if not generated and not (presented and password is None):
        chosen = passwords.check_new(password or "", door, own_data=own_data)
    attempts.count_message(door, identifier, client, recipient=email)
    kept = answers.hashed(door, trust)  # in both cases, as hashing is what takes time
    pending = PendingRegistration(
        account_id=uuid.uuid4(),
        espace=espace,
        identifier=identifier,
        email=email,
        profile=dict(profile),
        password=make_password(chosen),
        terms_version=door.terms_version,
        terms_accepted_at=terms_accepted_at,
        certificate=presented.to_json() if presented else None,
        trust_question=kept.question,
        trust_answer=kept.answer,
    )
    with transaction.atomic():
        account = Account.objects.filter(espace=espace, identifier=identifier).first()
        if account:
            _tell_existing(account)
        else:
            _keep(door, pending, generated)
    return pending.account_id


def _tell_existing(account: Account) -> None:
    messages.tell(account, "compte_existant")
    journal.record(subject=account.subject, kind="account.registered_again", actor="anonymous", data={})


def _keep(door: Espace, pending: PendingRegistration, password: str) -> None:
    token, secret = _new_secret(door, pending.identifier)
    pending.token, pending.created_at, pending.expires_at = token, token.created_at, token.expires_at
    _replace(pending)
    _send(door, pending, secret, password)
    subject, data = f"account:{pending.account_id}", {"espace": door.code}
    journal.record(subject=subject, kind="account.registered", actor="anonymous", data=data)


def _new_secret(door: Espace, identifier: str) -> tuple[Token, str]:
    kind, lifetime = Token.Kind.ACTIVATION, door.lifetimes.activation
    if door.codes:
        return codes.issue(kind, door=door, owner=identifier, lifetime=lifetime)
    return links.issue(kind, espace=door.code, lifetime=lifetime)


def _replace(pending: PendingRegistration) -> None:
    fields = [field.name for field in PendingRegistration._meta.fields if not field.primary_key]
    # One statement, so that two registrations at once leave one: the later.
    PendingRegistration.objects.bulk_create(
        [pending], update_conflicts=True, unique_fields=["espace", "identifier"], update_fields=fields
    )


def _send(door: Espace, pending: PendingRegistration, secret: str, password: str = "") -> None:
    deadline, asked_at = moment_in_words(pending.expires_at), moment_in_words(pending.created_at)
    hours = door.lifetimes.activation // dt.timedelta(hours=1)
    template = "code_d_activation" if door.codes else "votre_compte"
    way = {"code": secret} if door.codes else {"link": link("a", secret), "password": password}
    messages.write(
        door,
        template,
        to=pending.email,
        about=f"account:{pending.account_id}",
        identifier=pending.identifier,
        profile=pending.profile,
        secret=True,
        deadline=deadline,
        asked_at=asked_at,
        hours=hours,
        **way,
    )


def ask_activation_code(*, espace: str, identifier: str, client: Client) -> None:
    """Send another code for a registration that waits; it lives as long as a first one, which ends.

    The same answer for everybody, after the same work: where nothing waits it is taken back, and where the
    account exists already its own address is told. Raises ``attempts.TooManyMessages``.
    """
    door = door_of(espace)
    attempts.count_message(door, identifier, client)
    asked = {"espace": espace, "identifier": identifier}
    # Two, as taking back the inner one leaves the outer one its commit, which is what takes longest.
    with transaction.atomic(), transaction.atomic():
        account = Account.objects.filter(**asked).first()
        waiting = PendingRegistration.objects.select_for_update().filter(**asked)
        pending = waiting.filter(expires_at__gt=clock.now()).first()
        _send_again(door, pending or _nobody(identifier), account)
        if account is None and pending is None:
            transaction.set_rollback(True)


def _nobody(identifier: str) -> PendingRegistration:
    values = {"account_id": uuid.uuid4(), "email": "personne@guichet.invalid", "created_at": clock.now()}
    return PendingRegistration(pk=0, identifier=identifier, **values)


def _send_again(door: Espace, pending: PendingRegistration, account: Account | None) -> None:
    token, code = _new_secret(door, pending.identifier)
    PendingRegistration.objects.filter(pk=pending.pk).update(token=token, expires_at=token.expires_at)
    pending.expires_at = token.expires_at
    if account:  # the code is told to nobody, and opens nothing
        _tell_existing(account)
        return
    _send(door, pending, code)
    subject = f"account:{pending.account_id}"
    journal.record(subject=subject, kind="account.code_asked_again", actor="anonymous", data={})
