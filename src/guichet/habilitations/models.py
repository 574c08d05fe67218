"""Rights. A right is a period, opened by one ``Changement``, closed by another one, never erased."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from guichet.inscriptions.models import Acteur, Changement


class Habilitation(models.Model):
    """One person's right to file one declaration for one établissement, from ``opened_at`` until
    ``closed_at`` (excluded; ``None``: still)."""

    acteur = models.ForeignKey(Acteur, on_delete=models.PROTECT, related_name="habilitations", db_index=False)
    siret = models.CharField(max_length=14)
    declaration = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_in = models.ForeignKey(Changement, on_delete=models.PROTECT, related_name="opening")
    closed_in = models.ForeignKey(
        Changement, on_delete=models.PROTECT, null=True, related_name="closing", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            # Of two that are open: what ``may_file`` reads. That no others overlap is held by a trigger.
            models.UniqueConstraint(
                fields=["acteur", "siret", "declaration"],
                condition=Q(closed_at=None),
                name="habilitation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_in=None)
                | Q(closed_at__gt=F("opened_at"), closed_in__isnull=False),
                name="habilitation_closed_after_opened",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["siret", "declaration"], name="habilitation_of_place"),
            # What ended: the trigger looks here, and whoever asks for the past.
            models.Index(
                fields=["acteur", "siret", "declaration"],
                condition=Q(closed_at__isnull=False),
                name="habilitation_closed",
            ),
            models.Index(
                fields=["closed_in"], condition=Q(closed_in__isnull=False), name="habilitation_closed_in"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.declaration} {self.siret} of {self.acteur_id}"
