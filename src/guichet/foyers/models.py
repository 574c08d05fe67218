"""The people known in a file. What a person wants corrected is a filing, and belongs to ``depots``."""

import uuid
from typing import ClassVar

from django.db import models

from guichet.accounts.models import Account
from guichet.foyers.rules import Identity


class Personne(models.Model):
    """Somebody known in the file of ``account``: a spouse, a child, somebody else entitled (001, step 5).

    Whose file it is does not stand here. ``removed_at``: the person is no more of the household, and is shown
    only where a document names them.
    """

    class Lien(models.TextChoices):
        """What they are to whose file it is."""

        CONJOINT = "conjoint", "conjoint"
        ENFANT = "enfant", "enfant"
        AYANT_DROIT = "ayant_droit", "autre ayant droit"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="foyer")
    lien = models.CharField(max_length=16, choices=Lien.choices)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    born_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "personne du foyer"
        indexes: ClassVar = [models.Index(fields=["account", "created_at"], name="personne_of_account")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(lien__in=["conjoint", "enfant", "ayant_droit"]), name="personne_lien_known"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(lien="conjoint", removed_at__isnull=True),
                name="personne_one_spouse",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lien} {self.pk}"

    @property
    def identity(self) -> Identity:
        """What is known of them."""
        return Identity(
            lien=self.lien, last_name=self.last_name, first_name=self.first_name, born_on=self.born_on
        )

    @property
    def name(self) -> str:
        """« Emma Exemple »."""
        return self.identity.name
