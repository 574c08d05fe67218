"""The outbox: what is to be sent, and what became of it."""

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
