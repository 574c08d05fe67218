"""What is published, and what the search reads it by.

Two columns are PostgreSQL's own (see the first migration): ``search_key``, the name without accents, case
and punctuation, and ``words``, its words with the department (``d:44``) and the year (``y:2024``) beside
them, so that one index answers a search by name however it is narrowed.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import ExtractYear

from guichet.depots.models import Depot
from guichet.files.models import StoredFile
from guichet.publications.states import State

_STATES = [(state.value, state.value) for state in State]


class Publication(models.Model):
    """A filing as the public reads it, with what the register said when it was published.

    ``closing_date`` is the date of ``depots.definitions.Published``, ``version`` 0 for the initial and then
    the rank of the rectification. Of a unit that refuses diffusion ``rna`` and ``postcode`` stay empty (ADR
    0015). ``ended_at``: when it was superseded or withdrawn; ``reason``: why it was withdrawn, in words.
    A document has one public address, so that there is one for a SIREN, a date and a version.
    """

    depot = models.OneToOneField(Depot, on_delete=models.PROTECT, related_name="publication")
    teleprocedure = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    siren = models.CharField(max_length=9)
    rna = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=300)
    category_code = models.CharField(max_length=4, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=100, blank=True)
    department = models.CharField(max_length=3, blank=True)
    closing_date = models.DateField()
    closing_year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    filed_on = models.DateField()
    published_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=_STATES)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, to_field="sha256", related_name="+")
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                # The téléprocédure last, so that the index finds all that an organisation published.
                fields=["siren", "closing_date", "version", "teleprocedure"],
                name="publication_one_place",
            ),
            models.UniqueConstraint(
                fields=["siren", "closing_date", "teleprocedure"],
                condition=models.Q(state=State.EN_VIGUEUR),
                name="publication_one_valid",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) ^ ~models.Q(state=State.EN_VIGUEUR),
                name="publication_ended_has_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.RETIREE) | ~models.Q(reason=""),
                name="publication_withdrawn_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(closing_year=ExtractYear("closing_date")),
                name="publication_year_of_its_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rna"],
                condition=models.Q(state=State.EN_VIGUEUR) & ~models.Q(rna=""),
                name="publication_rna",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.siren} {self.closing_date} v{self.version} ({self.state})"


class Tally(models.Model):
    """How many publications in force there are for a department and a year: the sum of ``change``.

    A row is added at every change, and nobody waits for anybody; a job folds them together.
    """

    department = models.CharField(max_length=3, blank=True)
    year = models.PositiveSmallIntegerField()
    change = models.IntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.department} {self.year}: {self.change:+}"


class Word(models.Model):
    """A word of some published name: what a mistyped one is compared with."""

    word = models.CharField(max_length=300, primary_key=True, db_collation="C")

    def __str__(self) -> str:
        return self.word
