"""Inscriptions: a company, who acts for it, where, and for which declarations."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.inscriptions.rules import Genre, Voie
from guichet.inscriptions.states import Issue, Origine

_GENRES = [(genre.value, genre.value) for genre in Genre]
_VOIES = [(voie.value, voie.value) for voie in Voie]
_ORIGINES = [(origine.value, origine.value) for origine in Origine]
_ISSUES = [(issue.value, issue.value) for issue in Issue]


class Inscription(models.Model):
    """A company that declares here. One that lives a SIREN; what ended is kept, with its people and rights.

    ``siret``: the établissement that registered it, 14 digits. ``choix``: what was answered then (codes of
    ``catalogue.Tree``: ``vous_etes``, ``lies_a``, ``secteurs``). ``letter``: the one that tells the company's
    head. ``ended_because``: a code.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    siren = models.CharField(max_length=9)
    siret = models.CharField(max_length=14)
    genre = models.CharField(max_length=8, choices=_GENRES)
    choix = models.JSONField(default=dict)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=32, blank=True)
    letter = models.ForeignKey(Courrier, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["siren"], condition=Q(ended_at=None), name="inscription_one_of_siren"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="")
                | Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="inscription_end_has_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["siren", "-began_at"], name="inscription_of_siren")]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """The subject of its evidence."""
        return f"inscription:{self.pk}"


class Acteur(models.Model):
    """Somebody who acts for a company: administrateur, déclarant, or both; or a candidate, neither yet.

    ``siret``: where they sign in. ``began_at``: since when they act (a candidate: ``None``).
    ``created_by`` and ``ended_by``: an actor as the journal names it. ``successor``: who took over all the
    rights and filings. An account acts for one company at a time. ``help_asked_at``: when they asked an
    administrateur for a new provisional password, which they have not been given since.
    """

    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="acteurs")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="acteurs")
    siret = models.CharField(max_length=14)
    administrateur = models.BooleanField(default=False)
    declarant = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    help_asked_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None), name="acteur_one_of_account"
            ),
            models.CheckConstraint(
                condition=Q(began_at=None, administrateur=False, declarant=False)
                | Q(began_at__isnull=False) & (Q(administrateur=True) | Q(declarant=True)),
                name="acteur_has_role_once_begun",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="acteur_end_has_author",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["inscription"], condition=Q(ended_at=None), name="acteur_of_inscription")
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        """What evidence calls them, as a subject."""
        return f"acteur:{self.pk}"

    @property
    def is_candidate(self) -> bool:
        """Whether they wait for a company's administrateurs."""
        return self.began_at is None and self.ended_at is None


class Candidature(models.Model):
    """How a candidate of a company that has administrateurs becomes one (003, chapter 2).

    ``key_hash``: the keyed hash of the letter's activation key (``Voie.CLE``), covering the SIREN.
    ``reminders``: how many were sent. ``motif``: why it was refused, in words.
    """

    acteur = models.OneToOneField(
        Acteur, on_delete=models.PROTECT, primary_key=True, related_name="candidature"
    )
    voie = models.CharField(max_length=16, choices=_VOIES)
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    key_hash = models.CharField(max_length=64, blank=True)
    letter = models.ForeignKey(Courrier, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)
    issue = models.CharField(max_length=16, choices=_ISSUES, blank=True)
    motif = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled_at=None, issue="", settled_by="")
                | Q(settled_at__isnull=False) & ~Q(issue="") & ~Q(settled_by=""),
                name="candidature_settled_has_issue",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["lapses_at"], condition=Q(settled_at=None), name="candidature_lapsing")
        ]

    def __str__(self) -> str:
        return f"candidature of {self.acteur_id}"


class DeclarationInscrite(models.Model):
    """A declaration (code of the catalogue) that a company chose. ``opens_at``: nobody files it before."""

    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="declarations")
    code = models.CharField(max_length=16)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    charter_accepted_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inscription", "code"], condition=Q(removed_at=None), name="declaration_inscrite_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.inscription_id}"


class EtablissementInscrit(models.Model):
    """An établissement of the company, as far as it declares here.

    ``ticked_at``: since when it declares; ``None``: it does not. ``found_at``: when it was seen in the
    register, ``announced_at`` when the administrateurs were told of it, ``closed_at`` when the register was
    seen to call it closed. ``resilie_at``: ended for good by a resiliation.
    """

    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="etablissements")
    siret = models.CharField(max_length=14)
    found_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    ticked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    resilie_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inscription", "siret"], name="etablissement_inscrit_once"),
            models.CheckConstraint(
                condition=Q(ticked_at=None) | Q(resilie_at=None), name="etablissement_resilie_is_not_ticked"
            ),
        ]

    def __str__(self) -> str:
        return self.siret


class Changement(models.Model):
    """What was given and taken together, by one decision: rights, clients of a portfolio, their declarations.

    ``by``: an actor as the journal names it. ``at``: each change of an inscription has a moment of its own,
    later than the one before. ``opened`` and ``closed`` count the rights. ``undoes``: the change that this
    one takes back.
    """

    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="changements")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    origine = models.CharField(max_length=16, choices=_ORIGINES)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        db_table = "habilitations_changement"  # where it was made, before portfolios changed with rights
        indexes: ClassVar = [models.Index(fields=["inscription", "-at"], name="changement_of_inscription")]

    def __str__(self) -> str:
        return f"{self.origine} {self.pk}"
