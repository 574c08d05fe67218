"""Agents, and what they have in hand. A filing's own row belongs to ``depots``."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.files.models import StoredFile
from guichet.instruction.rules import MAX_LABEL, Action, MotifKind, Role

_ROLES = [(role.value, role.value) for role in Role]
_KINDS = [(kind.value, kind.value) for kind in MotifKind]
_ACTIONS = [(action.value, action.value) for action in Action]


class Agent(models.Model):
    """Somebody of the administration. ``teleprocedures`` are the codes of what they see; none means all."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="agent")
    role = models.CharField(max_length=16, choices=_ROLES)
    teleprocedures = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="agent_role_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    @property
    def name(self) -> str:
        """How colleagues are told of this agent."""
        return str(self.account.profile.get("name") or self.account.identifier)

    @property
    def rank(self) -> Role:
        """The role, as the rules know it."""
        return Role(self.role)

    @property
    def actor(self) -> str:
        """What the journal calls this agent."""
        return self.account.subject


class Motif(models.Model):
    """A reason to refuse or to withdraw, which the operator keeps. Never erased: ``active`` retires it."""

    teleprocedure = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=_KINDS)
    label = models.CharField(max_length=MAX_LABEL)
    text = models.TextField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["teleprocedure", "kind", "label"],
                condition=models.Q(active=True),
                name="motif_label_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.teleprocedure} {self.kind}: {self.label}"


class Traitement(models.Model):
    """Who has a filing in hand; made at the first need, as most of what waits was not opened yet.

    ``holder`` has it open until ``held_until``. ``asked_at`` is the last question, ``answered_at`` the last
    answer since; ``decided_by`` and ``motif`` belong to the last decision.
    """

    depot = models.OneToOneField(Depot, on_delete=models.PROTECT, primary_key=True, related_name="traitement")
    assigned_to = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="assigned")
    assigned_at = models.DateTimeField(null=True)
    holder = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="held")
    held_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="decided")
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, related_name="uses")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(assigned_to=None, assigned_at=None)
                | models.Q(assigned_to__isnull=False, assigned_at__isnull=False),
                name="traitement_assigned_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(holder=None, held_until=None)
                | models.Q(holder__isnull=False, held_until__isnull=False),
                name="traitement_held_has_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"], condition=models.Q(asked_at__isnull=False), name="traitement_asked"
            ),
            models.Index(  # what is in somebody's hands: the queue counts it at every page
                fields=["assigned_to", "depot"],
                condition=models.Q(decided_by__isnull=True),
                name="traitement_in_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"traitement of {self.depot_id}"


class Message(models.Model):
    """A question of the service, or the filer's answer (then ``agent`` is empty)."""

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="messages")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"message {self.pk} on {self.depot_id}"


class MessageFile(models.Model):
    """The PDF that goes with a message: a page that was missing, or what the service sends.

    Made like a document of a filing: one PDF, whatever was joined. ``pages`` counts its pages, ``size`` its
    bytes; the journal's event of the message holds its hash.
    """

    message = models.OneToOneField(Message, on_delete=models.PROTECT, primary_key=True, related_name="file")
    name = models.CharField(max_length=200)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, to_field="sha256", related_name="+")
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"file of message {self.pk}"


class Classement(models.Model):
    """Where an agent put a document of a filing; the last one counts, and what was filed stays as it was.

    ``type`` and ``person`` are codes of the téléprocédure's ``DocumentRules``; ``former_type`` and
    ``former_person`` what it was before, ``typed`` the name under which the filer looked for the type.
    """

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="classements")
    document = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    former_type = models.CharField(max_length=64)
    former_person = models.CharField(max_length=64)
    typed = models.CharField(max_length=100, blank=True)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["at"], name="classement_at")]

    def __str__(self) -> str:
        return f"{self.depot_id}, document {self.document}: {self.type}"


class Note(models.Model):
    """What agents tell one another about a filing; the filer does not read it."""

    depot = models.ForeignKey(Depot, on_delete=models.PROTECT, related_name="notes")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"note {self.pk} on {self.depot_id}"


class Lot(models.Model):
    """One action on many filings. ``finished_at``: when the last line had its result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="lots")
    action = models.CharField(max_length=16, choices=_ACTIONS)
    motif = models.ForeignKey(Motif, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    to = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["agent", "-created_at"], name="lot_of_agent")]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    @property
    def evidence(self) -> str:
        """The subject of this work's evidence."""
        return f"lot:{self.pk}"


class LotLine(models.Model):
    """One filing of a lot, and what became of it; ``sentence`` says why not.

    ``asked_for`` is the number that was asked for: perhaps of one that the agent may not see, or of none.
    """

    class Outcome(models.TextChoices):
        """Not yet, done, or not and why."""

        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    asked_for = models.UUIDField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.WAITING)
    sentence = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lot", "asked_for"], name="lot_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.lot_id}: {self.outcome}"
