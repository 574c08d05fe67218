"""Requests, and their lines with a verdict each."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guichet.files.models import StoredFile
from guichet.imports.states import Beneficiaires, Etat, Kind, Verdict
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.portefeuilles.models import Portefeuille

_KINDS = [(kind.value, kind.value) for kind in Kind]
_ETATS = [(etat.value, etat.value) for etat in Etat]
_VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]
_BENEFICIAIRES = [(one.value, one.value) for one in Beneficiaires]


class Demande(models.Model):
    """A request by file for one portfolio.

    ``declaration`` and ``adds``: of ``Kind.DECLARATION``. ``stored``: the file as it came.
    ``head``: the names of the file's columns as they stand there; ``columns``: what each of them is
    (``siret``, ``nom``, ``prenom``, ``connexion``, ``action``, a declaration's code, or empty: not read).
    ``designates``: another portfolio that the file's name designates. ``problem``: why it can't be read, a
    code and its params; ``remarks``: the same of what was repaired or left out. ``counts``: of cells:
    ``lignes``, ``ajouts``, ``suppressions``, ``deja``, ``impossibles``; then ``droits_ouverts``,
    ``droits_fermes``, ``personnes``. ``fingerprint``: of what was judged.
    ``done`` of ``total``: its progress while it is read or applied.
    ``starts_at``: not before. ``changement``: what it did, where it did anything. ``undoes``: what it takes
    back. ``created_by`` and ``validated_by``: an actor as the journal names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="+", db_index=False)
    portefeuille = models.ForeignKey(Portefeuille, on_delete=models.PROTECT, related_name="demandes")
    acteur = models.ForeignKey(Acteur, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=_KINDS)
    declaration = models.CharField(max_length=16, blank=True)
    adds = models.BooleanField(default=True)
    beneficiaires = models.CharField(max_length=16, choices=_BENEFICIAIRES, default=Beneficiaires.TOUS.value)
    file_name = models.CharField(max_length=255, blank=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    head = ArrayField(models.TextField(), default=list)
    columns = ArrayField(models.CharField(max_length=16), default=list)
    designates = models.ForeignKey(Portefeuille, on_delete=models.PROTECT, null=True, related_name="+")
    etat = models.CharField(max_length=16, choices=_ETATS)
    problem = models.JSONField(null=True)
    remarks = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    fingerprint = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    validated_at = models.DateTimeField(null=True)
    validated_by = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changement = models.OneToOneField(Changement, on_delete=models.PROTECT, null=True, related_name="demande")
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["portefeuille"], condition=Q(etat=Etat.EN_COURS.value), name="demande_one_runs"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.DECLARATION.value) | ~Q(declaration=""),
                name="demande_names_declaration",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ANNULATION.value, undoes__isnull=False)
                | ~Q(kind=Kind.ANNULATION.value) & Q(undoes=None),
                name="demande_annulation_names_what",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["inscription", "-created_at"], name="demande_of_inscription")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def subject(self) -> str:
        """The subject of its evidence."""
        return f"import:{self.pk}"

    @property
    def file_sha256(self) -> str:
        """The hash of its file, hex; empty where it has none, or none any more."""
        return self.stored_id or ""


class Ligne(models.Model):
    """A line of a request, as it was typed and as it was read.

    ``numero``: its number in the file as a spreadsheet shows it. ``typed``: its cells, shortened; without a
    file, the names of what it is about. ``siret``: as it was read, 14 digits, or empty. ``acteur_id``: the
    déclarant, of ``Kind.HABILITATIONS``. ``cliente_id``: the client, of ``Kind.DECLARATION``. ``codes`` and
    ``given``: the declarations that it is about, and whether each is wanted (``None``: what was typed is no
    wish); without codes (a line of ``Kind.ETABLISSEMENTS``) ``given`` has one element. ``notes``: codes of
    what was repaired. ``problem``: why it is no line, a code of ``reasons.Why``. ``verdict``; ``reasons``: of
    each of ``codes``, empty where it is done, ``already`` where it was so; a single one where the line has a
    problem. What a reason says besides stands after « : » (``double:12``).
    """

    pk = models.CompositePrimaryKey("demande_id", "numero")
    demande = models.ForeignKey(
        Demande, on_delete=models.CASCADE, related_name="lignes", db_index=False, db_constraint=False
    )
    numero = models.PositiveIntegerField()
    typed = ArrayField(models.TextField(), default=list)
    siret = models.CharField(max_length=14, blank=True)
    acteur_id = models.BigIntegerField(null=True)
    cliente_id = models.BigIntegerField(null=True)
    codes = ArrayField(models.CharField(max_length=16), default=list)
    given = ArrayField(models.BooleanField(null=True), default=list)
    notes = ArrayField(models.CharField(max_length=32), default=list)
    problem = models.CharField(max_length=32, blank=True)
    verdict = models.CharField(max_length=16, choices=_VERDICTS, blank=True)
    reasons = ArrayField(models.TextField(), default=list)

    def __str__(self) -> str:
        return f"{self.demande_id}:{self.numero}"
