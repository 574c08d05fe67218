"""Rights. A right is a period, opened by one ``Changement``, closed by another one, never erased."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

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
    closed_in = models.ForeignKey(Changement, on_delete=models.PROTECT, null=True, related_name="closing")

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="habilitation_never_overlaps",
                expressions=[
                    (F("acteur"), RangeOperators.EQUAL),
                    (F("siret"), RangeOperators.EQUAL),
                    (F("declaration"), RangeOperators.EQUAL),
                    (
                        Func(
                            "opened_at", "closed_at", function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            # The same for what is open now, by a B-tree: it is what ``may_file`` reads.
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
        ]

    def __str__(self) -> str:
        return f"{self.declaration} {self.siret} of {self.acteur_id}"
