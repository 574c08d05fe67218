"""The outbox: what is to be sent, and what became of it; and the mailboxes inside the portal."""

import uuid
from typing import ClassVar

from django.db import models

from guichet.courriers.states import Status


class Courrier(models.Model):
    """One e-mail or postal letter, written in the transaction of what causes it.

    ``recipient`` is an e-mail address, or the name on the envelope; ``address`` the lines under that name.
    A ``secret`` one loses its body once its fate is known.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"
        LETTER = "letter"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Status], default=Status.PENDING
    )
    about = models.CharField(max_length=80, db_index=True)
    template = models.CharField(max_length=64)
    recipient = models.CharField(max_length=254)
    address = models.JSONField(default=list)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    secret = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        # Few: what waits, and what never arrived.
        indexes: ClassVar = [
            models.Index(
                fields=["status", "kind", "created_at"],
                condition=~models.Q(status=Status.SENT),
                name="courrier_unsent",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status=Status.PENDING, ended_at__isnull=True)
                | (~models.Q(status=Status.PENDING) & models.Q(ended_at__isnull=False)),
                name="courrier_ends_with_its_fate",
            ),
            models.CheckConstraint(
                condition=models.Q(secret=False) | models.Q(status=Status.PENDING) | models.Q(body=""),
                name="courrier_forgets_secrets",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class CourrierAttempt(models.Model):
    """One attempt at sending: its ``states.Outcome``, and in ``detail`` what was answered."""

    courrier = models.ForeignKey(Courrier, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8)
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.outcome} {self.detail}"


class Pli(models.Model):
    """A message in somebody's mailbox inside the portal (001, « Mes messages »), in full.

    ``box`` is whose it is, as evidence names them (« account:… »); ``about`` the subject of evidence that it
    belongs to. The e-mail that told of it is a ``Courrier`` of its own, without its content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.CharField(max_length=80)
    about = models.CharField(max_length=80, db_index=True)
    template = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["box", "-created_at"], name="pli_of_box"),
            models.Index(fields=["box"], condition=models.Q(read_at__isnull=True), name="pli_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"
