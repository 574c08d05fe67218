"""Requests to act for a company, lists of them, and the people of a firm. A filing's row is ``depots``'."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guichet.accounts.models import Account
from guichet.adhesions.states import By, Outcome, Remittal
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot

_BY = [(by.value, by.value) for by in By]
_OUTCOMES = [(outcome.value, outcome.value) for outcome in Outcome]
_REMITTALS = [(state.value, state.value) for state in Remittal]


class Remise(models.Model):
    """A proposal to hand client files over to a colleague; ``number`` is how many there were.

    The files that it is about are its ``demandes`` while it is ``PROPOSED``; once it is ``ACCEPTED``, those
    that are still to be handed over. ``handed``: how many were; ``finished_at``: when none was left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="remises_sent")
    recipient = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="remises_received")
    state = models.CharField(max_length=16, choices=_REMITTALS, default=Remittal.PROPOSED)
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    handed = models.PositiveIntegerField(default=0, db_default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=Remittal.PROPOSED) ^ models.Q(decided_at__isnull=False),
                name="remise_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(sender=models.F("recipient")), name="remise_to_somebody_else"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-created_at"], name="remise_received"),
            models.Index(fields=["sender", "-created_at"], name="remise_sent"),
        ]

    def __str__(self) -> str:
        return f"remise {self.pk}: {self.state}"

    @property
    def evidence(self) -> str:
        """The subject of this proposal's evidence."""
        return f"remise:{self.pk}"


class Demande(models.Model):
    """What a filing « adhesion » has beyond others: the question that its company is asked.

    ``firm`` is ``rules.firm_key`` of whoever asks. ``code_hash`` is the keyed hash of SIREN and code (the
    code itself is in the letter alone). ``lapses_at``: nobody but an agent answers from then on;
    ``settled_at``: it was answered, or lapsed. ``answered_by`` and ``ended_by`` tell who did.
    """

    depot = models.OneToOneField(Depot, on_delete=models.PROTECT, primary_key=True, related_name="demande")
    siren = models.CharField(max_length=9)
    firm = models.CharField(max_length=36)
    services = ArrayField(models.CharField(max_length=32))
    qualite = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64, unique=True)
    letter = models.ForeignKey(Courrier, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=16, choices=_BY, blank=True)
    ended_by = models.CharField(max_length=16, choices=_BY, blank=True)
    remise = models.ForeignKey(Remise, on_delete=models.PROTECT, null=True, related_name="demandes")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(settled_at=None, answered_by="")
                | models.Q(settled_at__isnull=False) & ~models.Q(answered_by=""),
                name="demande_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_by="") | models.Q(settled_at__isnull=False),
                name="demande_ended_was_settled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["siren", "-asked_at"], name="demande_of_company"),
            models.Index(fields=["firm", "siren"], name="demande_of_firm"),
            models.Index(fields=["firm", "asked_at"], name="demande_of_day"),
            models.Index(fields=["lapses_at"], condition=models.Q(settled_at=None), name="demande_lapsing"),
        ]

    def __str__(self) -> str:
        return f"demande of {self.depot_id}"

    @property
    def correspondence(self) -> str:
        """The subject of what is written to the company, and of nothing else: its address is not the filer's
        to know, and its letters outlive the filer's account."""
        return f"demande:{self.depot_id}"


class Liste(models.Model):
    """SIRENs that were pasted or uploaded together, all for the same services.

    ``skipped`` counts the lines that were empty, ``header`` is whether a first line was taken for titles.
    ``sent_at``: when the person had it sent; ``finished_at``: when its last line had its outcome.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="listes")
    services = ArrayField(models.CharField(max_length=32))
    qualite = models.CharField(max_length=32)
    header = models.BooleanField()
    skipped = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(finished_at=None) | models.Q(sent_at__isnull=False),
                name="liste_finished_was_sent",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-created_at"], name="liste_of_account"),
            models.Index(fields=["created_at"], name="liste_age"),
        ]

    def __str__(self) -> str:
        return f"liste {self.pk}"

    @property
    def evidence(self) -> str:
        """The subject of this list's evidence."""
        return f"liste:{self.pk}"


class Ligne(models.Model):
    """One line of a list: what was typed there, the verdict on it (``rules.Code``), and what became of it.

    ``number`` is that of the line as its person sees it, ``notes`` what was understood (``lists.Note``),
    ``sentence`` why it was refused at the sending.
    """

    liste = models.ForeignKey(Liste, on_delete=models.CASCADE, related_name="lignes")
    number = models.PositiveIntegerField()
    typed = models.CharField(max_length=40)
    siren = models.CharField(max_length=9, blank=True)
    name = models.CharField(max_length=300, blank=True)
    notes = ArrayField(models.CharField(max_length=16), default=list)
    verdict = models.CharField(max_length=24)
    ok = models.BooleanField()
    outcome = models.CharField(max_length=16, choices=_OUTCOMES, default=Outcome.WAITING)
    sentence = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    depot = models.ForeignKey(Depot, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["liste", "number"], name="ligne_number_once"),
            models.UniqueConstraint(
                fields=["liste", "siren"], condition=models.Q(ok=True), name="ligne_siren_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["liste", "number"],
                condition=models.Q(outcome=Outcome.WAITING, ok=True),
                name="ligne_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.liste_id}: {self.outcome}"


class Collegue(models.Model):
    """Somebody who says that they work in the firm ``siren``, and who of the firm has recognised them.

    ``recognised_by`` is empty for the first one of a firm. ``declined_at``: somebody said no.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="collegue"
    )
    siren = models.CharField(max_length=9)
    recognised_at = models.DateTimeField(null=True)
    recognised_by = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, related_name="recognised"
    )
    declined_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["siren"], name="collegue_of_firm")]

    def __str__(self) -> str:
        return f"collegue account:{self.account_id}"
