"""Warnings before an account is closed, closed accounts, and copies that people asked for."""

from typing import ClassVar

from django.db import models

from guichet.accounts.models import Account
from guichet.files.models import StoredFile


class Notice(models.Model):
    """The person of an idle account was warned; it is closed at ``closes_at`` unless they sign in before."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="notice")
    warned_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"notice of account:{self.account_id}"


class Closure(models.Model):
    """An account that was closed: by its person, or because nobody used it any more."""

    class Reason(models.TextChoices):
        """Who wanted it."""

        PERSON = "person"
        IDLE = "idle"

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="closure")
    reason = models.CharField(max_length=8, choices=Reason.choices)
    closed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"closure of account:{self.account_id}"


class Export(models.Model):
    """The copy of a person's data that they asked for: one at a time, gone at ``expires_at``."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="export")
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    stored = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, to_field="sha256", related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ready_at=None, expires_at=None, stored=None)
                | models.Q(ready_at__isnull=False, expires_at__isnull=False, stored__isnull=False),
                name="export_ready_has_content",
            )
        ]

    def __str__(self) -> str:
        return f"export of account:{self.account_id}"
