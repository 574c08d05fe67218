"""Filings, their files and their receipts."""

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from guichet.accounts.models import Account
from guichet.depots.states import DECIDED, FILED, NUMBERED, WITHDRAWN, State
from guichet.files.models import StoredFile

HASH_LENGTH = 64
_STATES = [(state.value, state.value) for state in State]


class SearchKey(models.Func):
    """A name as it is searched for: no accents, no capitals, no signs (see the register's migration)."""

    function = "sirene.search_key"
    output_field = models.TextField()


class Depot(models.Model):
    """A filing, from its draft on. What names it once submitted is empty in a draft.

    ``siren``, ``subject_name`` and ``capacity`` say for whom one files and as what, as it was known at the
    moment of submission. ``unique_key`` and ``version`` say what there may be one of: 0 is the initial,
    1, 2… its rectifications. ``verification_code`` opens the public page that the receipt's QR code names.
    ``decided_at`` is when it was published, accepted or refused, or lapsed, ``withdrawn_at`` when it was
    withdrawn, or ended; ``decision_text`` is the reason that the filer read. ``corrects``: the filing whose
    refusal it answers. ``expires_at``: of what waits for no confirmation, the moment of submission.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="depots")
    espace = models.CharField(max_length=32)
    teleprocedure = models.CharField(max_length=64)
    revision = models.CharField(max_length=32)
    siren = models.CharField(max_length=9)
    subject_name = models.CharField(max_length=300)
    capacity = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=_STATES, default=State.BROUILLON)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    reference = models.CharField(max_length=16, unique=True, null=True)
    verification_code = models.CharField(max_length=32, unique=True, null=True)
    unique_key = models.CharField(max_length=100, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    terms_version = models.CharField(max_length=32, blank=True)
    submitted_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # The database has the default as well: the previous release does not name the column.
    decision_text = models.TextField(blank=True, default="", db_default="")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["teleprocedure", "siren", "unique_key", "version"],
                condition=models.Q(state__in=NUMBERED),
                name="depot_one_live_version",
            ),
            models.UniqueConstraint(
                fields=["teleprocedure", "siren", "unique_key"],
                condition=models.Q(state=State.A_CONFIRMER),
                name="depot_one_awaiting_confirmation",
            ),
            models.UniqueConstraint(
                fields=["teleprocedure", "siren", "unique_key"],
                condition=models.Q(state=State.CONFIRME),
                name="depot_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["teleprocedure", "siren", "unique_key"],
                condition=models.Q(state__in=[State.PUBLIE, State.ACCEPTE]),
                name="depot_one_published",
            ),
            models.UniqueConstraint(
                fields=["account", "teleprocedure"],
                condition=models.Q(state=State.BROUILLON),
                name="depot_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.BROUILLON, State.ABANDONNE])
                | models.Q(reference__isnull=False, submitted_at__isnull=False, expires_at__isnull=False),
                name="depot_submitted_has_reference",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=False) ^ ~models.Q(state__in=FILED),
                name="depot_confirmed_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DECIDED, decided_at__isnull=False)
                | models.Q(state=State.REMPLACE)
                | ~models.Q(state__in=[*DECIDED, State.REMPLACE]) & models.Q(decided_at__isnull=True),
                name="depot_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=False) ^ ~models.Q(state__in=WITHDRAWN),
                name="depot_withdrawn_has_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[State.REFUSE, State.RETIRE]) | ~models.Q(decision_text=""),
                name="depot_refused_has_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-created_at"], name="depot_account"),
            models.Index(
                fields=["expires_at"], condition=models.Q(state=State.A_CONFIRMER), name="depot_expiring"
            ),
            models.Index(
                fields=["updated_at"], condition=models.Q(state=State.BROUILLON), name="depot_draft_age"
            ),
            # The agents' queue (by state, the oldest first), its search, and the figures by day.
            models.Index(
                fields=["teleprocedure", "state", "confirmed_at", "id"],
                condition=models.Q(confirmed_at__isnull=False),
                name="depot_queue",
            ),
            models.Index(
                fields=["confirmed_at"],
                condition=models.Q(confirmed_at__isnull=False),
                name="depot_confirmed",
            ),
            models.Index(
                fields=["decided_at"], condition=models.Q(decided_at__isnull=False), name="depot_decided"
            ),
            models.Index(
                fields=["siren"], condition=models.Q(confirmed_at__isnull=False), name="depot_siren"
            ),
            # Narrow, and so quick to count from at every page of the queue.
            models.Index(
                fields=["teleprocedure", "state"],
                condition=models.Q(confirmed_at__isnull=False),
                name="depot_counts",
            ),
            models.Index(
                SearchKey("subject_name"),
                "confirmed_at",
                "id",
                condition=models.Q(confirmed_at__isnull=False),
                name="depot_name_order",
            ),
            GinIndex(
                OpClass(SearchKey("subject_name"), name="gin_trgm_ops"),
                condition=models.Q(confirmed_at__isnull=False),
                name="depot_name_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teleprocedure} {self.reference or self.id} ({self.state})"

    @property
    def evidence(self) -> str:
        """The subject of this filing's evidence and courriers."""
        return f"depot:{self.id}"

    @property
    def stands_alone(self) -> bool:
        """Whether there may be any number of its kind: it is not a version of anything."""
        return self.unique_key == str(self.id)


class DepotFile(models.Model):
    """A file of a filing: one that was received, in the order the person chose, or the one to be published.

    Where a filing is made of documents, there is nothing but their PDFs: ``PUBLISHED``, at the position that
    is the document's number.

    ``changes`` are the codes of what was done to make the published file (see ``files.checks``);
    ``stored_id`` is the SHA-256 of the content. ``pages`` counts an image as one.
    """

    class Kind(models.TextChoices):
        """As it came, or as it is published."""

        RECEIVED = "received"
        PUBLISHED = "published"

    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, to_field="sha256", related_name="+")
    size = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField()
    changes = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["kind", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["depot", "kind", "position"],
                name="depot_file_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}: {self.name}"


class Page(models.Model):
    """A page of a document that is being made, where a filing is made of documents (``DocumentRules``).

    ``document`` counts from 1, ``position`` from 1 within it. ``stored`` is a photograph made ready (upright,
    smaller, without what it told), or a PDF whose page ``number`` (from 0) this is; ``turn`` is by how much
    the person turned it, clockwise, in degrees. ``share`` is what the page takes of the document's limit, in
    bytes. Pages belong to a draft alone: once a document is transmitted, its PDF is what was filed.
    """

    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="pages")
    document = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, to_field="sha256", related_name="+")
    number = models.PositiveSmallIntegerField(default=0)
    turn = models.PositiveSmallIntegerField(default=0)
    share = models.PositiveBigIntegerField()
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=HASH_LENGTH)  # SHA-256 of what was uploaded: joined once
    changes: tuple[str, ...] = ()  # what making it ready changed, in sentences: told once, kept nowhere

    class Meta:
        ordering: ClassVar = ["document", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["depot", "document", "position"],
                name="page_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(turn__in=[0, 90, 180, 270]), name="page_turn_is_a_quarter"
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.document}, page {self.position}: {self.name}"


class ConfirmationLink(models.Model):
    """A link that confirms a filing; each one that was sent stays valid until the filing expires."""

    token_hash = models.CharField(max_length=HASH_LENGTH, primary_key=True)
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE, related_name="links")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link of {self.depot_id}"


class Receipt(models.Model):
    """The signed proof of a filing. ``certificate`` is the SHA-256 of the seal's certificate."""

    depot = models.OneToOneField(Depot, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, to_field="sha256", related_name="+")
    issued_at = models.DateTimeField()
    certificate = models.CharField(max_length=HASH_LENGTH)

    def __str__(self) -> str:
        return f"receipt of {self.depot_id}"
