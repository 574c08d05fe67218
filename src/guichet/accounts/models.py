"""Accounts, and the secrets and sessions around them. All of it is personal data: see ``housekeeping``."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string


class AccountManager(BaseUserManager["Account"]):
    """Nothing beyond Django's: an account is made by ``operations.activate`` alone."""


class Account(AbstractBaseUser):
    """Someone who may sign in at one espace.

    ``profile`` holds ``name``, ``address``, ``postcode``, ``city``, ``contact``, ``phone``, ``in_register``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    espace = models.CharField(max_length=32)
    identifier = models.CharField(max_length=254)
    email = models.CharField(max_length=254)
    profile = models.JSONField(default=dict)
    terms_version = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    last_sign_in_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True, help_text="since then nobody signs in")
    terms_accepted_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=32, null=True, help_text="given once, at activation (002, 004)")
    # The database has the default as well: the previous release does not name the column.
    siren = models.CharField(max_length=9, blank=True, default="", db_default="")
    factor_since = models.DateTimeField(null=True, help_text="no session is believed without it since then")
    last_login = None  # Django would write it at every sign-in, beside ours
    by_provisional = False  # of an object alone: who gave a provisional password, and chose none yet

    # What Django calls a user name is unique; an identifier is so within its espace only.
    USERNAME_FIELD = "id"

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["espace", "identifier"], name="account_identifier_once"),
            models.UniqueConstraint(fields=["espace", "number"], name="account_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["siren"], condition=~models.Q(siren=""), name="account_siren"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """What the journal and the outbox call this account, as a subject and as an actor."""
        return f"account:{self.pk}"


class NumberSequence(models.Model):
    """The rank of the last account of ``espace`` that was given a number in ``year``."""

    espace = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["espace", "year"], name="number_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.espace} {self.year}: {self.last}"


class TrustAnswer(models.Model):
    """An account's question of trust (its code), and the answer, hashed like a password."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="trust_answer")
    question = models.CharField(max_length=32)
    answer = models.CharField(max_length=128)
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"question of account:{self.account_id}"


class Provisional(models.Model):
    """A provisional password, hashed: it signs in to choose a password and a question, and to nothing else.

    ``tries`` counts the wrong ones that were typed while it lived. ``given_by``: an actor as the journal
    names it: the administrateur who showed it to somebody, or the account itself (by a link).
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="provisional")
    hash = models.CharField(max_length=128)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"provisional password of account:{self.account_id}"


class BoundCertificate(models.Model):
    """A client certificate that signs in. What counts is its public key: ``key`` is the SHA-256 of its
    SubjectPublicKeyInfo, in hexadecimal. One that another replaced is kept, with its end."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="certificates")
    espace = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    serial = models.CharField(max_length=64)
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=500)
    not_after = models.DateTimeField()
    bound_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["espace", "key"], condition=models.Q(ended_at=None), name="certificate_key_once"
            )
        ]

    def __str__(self) -> str:
        return f"certificate {self.key[:8]} of account:{self.account_id}"


class Passkey(models.Model):
    """A passkey (WebAuthn) as second factor: its public key, and the last signature count that it told."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    name = models.CharField(max_length=60)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey {self.pk} of account:{self.account_id}"


class SecondFactor(models.Model):
    """The second factor of an account: an application of codes (TOTP, RFC 6238), passkeys, or both.

    ``secret`` is the application's, encrypted, for this account alone (``vault``); empty: no application, so
    that the former release, which reads it during an upgrade, refuses the code and takes a recovery code.
    ``last_step`` is the period of 30 seconds of the latest code that was accepted: no code of that period,
    or of an earlier one, is accepted again. ``salt`` is that of the recovery codes.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="second_factor")
    secret = models.BinaryField(default=b"")
    last_step = models.BigIntegerField(default=0)
    salt = models.BinaryField(help_text="of the recovery codes")
    enrolled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"second factor of account:{self.account_id}"


class RecoveryCode(models.Model):
    """What stands in for a lost application, once; as its salted hash."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor", "hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class Token(models.Model):
    """The secret of one link, or one code, as its hash. Kept for some time after its end, to explain it.

    A code's hash covers its espace and identifier: it is worth nothing to anybody else. ``PROOF``: a code
    that shows that the person holds the mailbox, before what matters.
    """

    class Kind(models.TextChoices):
        ACTIVATION = "activation"
        RECOVERY = "recovery"
        EMAIL_CHANGE = "email_change"
        PROOF = "proof"
        PROVISIONAL = "provisional"

    hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    espace = models.CharField(max_length=32)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="tokens")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="activation") | models.Q(account__isnull=False),
                name="token_has_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PendingRegistration(models.Model):
    """A registration whose link was not opened yet. Registering again replaces it (000, step 3)."""

    espace = models.CharField(max_length=32)
    identifier = models.CharField(max_length=254)
    account_id = models.UUIDField(help_text="the id that the account is going to have")
    token = models.OneToOneField(Token, models.CASCADE, related_name="pending")
    email = models.CharField(max_length=254)
    profile = models.JSONField(default=dict)
    password = models.CharField(max_length=128)
    terms_version = models.CharField(max_length=32)
    terms_accepted_at = models.DateTimeField(null=True)
    trust_question = models.CharField(max_length=32, blank=True, default="", db_default="")
    trust_answer = models.CharField(max_length=128, blank=True, default="", db_default="")  # hashed
    certificate = models.JSONField(null=True, help_text="rules.Presented, where there is one")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["espace", "identifier"], name="pending_identifier_once")
        ]

    def __str__(self) -> str:
        return f"account:{self.account_id}"


class Attempts(models.Model):
    """How often something was tried under one key, and until when that counts.

    One row for each key, however many attempts; the key is a keyed hash, so that no address is kept.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M:%S}"


class Session(AbstractBaseSession):
    """A browser's session. ``session_key`` is the hash of the cookie: a copy of the table opens nothing."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that reads and writes these rows; by its name, as it stands above the models."""
        store: type = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
