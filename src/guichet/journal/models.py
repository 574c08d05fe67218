"""Events and seals. Migration 0001 makes PostgreSQL refuse UPDATE, DELETE and TRUNCATE on both."""

from typing import ClassVar

from django.db import models

from guichet.journal.rules import EventContent, SealContent


class Event(models.Model):
    """Something that happened to a subject. ``seq`` counts a subject's events from 1, without a gap."""

    id = models.BigAutoField(primary_key=True)
    subject = models.TextField()
    seq = models.PositiveIntegerField()
    kind = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()
    data = models.JSONField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "seq"], name="journal_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} n° {self.seq}: {self.kind}"

    def content(self) -> EventContent:
        """What the event's hash is computed over."""
        return EventContent(
            subject=self.subject,
            seq=self.seq,
            kind=self.kind,
            actor=self.actor,
            at=self.at,
            data=self.data,
            previous=self.previous_hash,
        )


class Seal(models.Model):
    """A signature over all events whose id lies from ``first_id`` to ``last_id``."""

    id = models.BigAutoField(primary_key=True)
    seq = models.PositiveIntegerField(unique=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    certificate = models.CharField(max_length=64)
    signature = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal n° {self.seq} over the events {self.first_id} to {self.last_id}"

    def content(self) -> SealContent:
        """What the seal's hash and signature are computed over."""
        return SealContent(
            seq=self.seq,
            first=self.first_id,
            last=self.last_id,
            count=self.count,
            root=self.root,
            previous=self.previous_hash,
            certificate=self.certificate,
            at=self.at,
        )
