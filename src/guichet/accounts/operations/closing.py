"""Closing an account: nothing is left of the person, and the identifier is free again."""

from django.db import connection

from guichet.accounts.models import (
    Account,
    BoundCertificate,
    Passkey,
    PendingRegistration,
    Provisional,
    SecondFactor,
    Session,
    Token,
    TrustAnswer,
)

CLOSED = "ferme:"  # no identifier that anybody can type begins like this


def erase_person(account: Account) -> None:
    """Erase who ``account`` (locked) belongs to, in the caller's transaction; its row and its id stay.

    What it filed refers to that row. E-mail address, profile, passwords, question of trust, number, SIREN,
    certificates, second factor, sessions and links are gone, and somebody else may register under its
    identifier, as another account.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an account is closed in the transaction that says so")
    PendingRegistration.objects.filter(espace=account.espace, identifier=account.identifier).delete()
    for model in (Session, Token, TrustAnswer, Provisional, BoundCertificate, SecondFactor, Passkey):
        model._default_manager.filter(account=account).delete()
    account.identifier = f"{CLOSED}{account.pk}"
    account.email, account.profile = "", {}
    account.number, account.siren = None, ""
    account.set_unusable_password()
    account.save(update_fields=["identifier", "email", "profile", "number", "siren", "password"])


def is_closed(account: Account) -> bool:
    """Whether ``account`` was closed: nobody comes in by it any more."""
    return account.identifier.startswith(CLOSED)
