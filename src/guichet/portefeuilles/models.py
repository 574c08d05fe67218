"""Portfolios, their clients, and what is declared for them. What ends is kept, as rights are.

Each row names the ``Changement`` that opened it and the one that closed it: rights that follow name the same
one, so that one decision is taken back as a whole. A row's moments are those of its changes, written beside
them for the statements that compare them.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from guichet.inscriptions.models import Changement, Inscription
from guichet.portefeuilles.states import Fin

_FINS = [(fin.value, fin.value) for fin in Fin]


def _closes_well(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(closed_at=None, closed_in=None)
        | Q(closed_at__gt=F("opened_at"), closed_in__isnull=False),
        name=name,
    )


def _of_change(name: str) -> models.Index:
    """What a change closed. Most rows are open: they weigh nothing here."""
    return models.Index(fields=["closed_in"], condition=Q(closed_in__isnull=False), name=name)


class Portefeuille(models.Model):
    """Clients that a tiers déclarant manages together, under a name that is free in its inscription.

    ``key``: ``rules.key_of`` the name. ``created_by`` and ``closed_by``: an actor as the journal names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inscription = models.ForeignKey(Inscription, on_delete=models.PROTECT, related_name="portefeuilles")
    name = models.CharField(max_length=60)
    key = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inscription", "key"], condition=Q(closed_at=None), name="portefeuille_one_of_name"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
                name="portefeuille_end_has_author",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cliente(models.Model):
    """A company (SIREN) that a tiers déclarant declares for: in one portfolio of its inscription at a time.

    ``name``: the register's when it came, in capitals and without accents as ``sort_key``, by which lists are
    sorted. ``began_at``: since when its delays count; a tie that is restored keeps its first moment.
    ``let_back_at``: a company that ended the tie itself (``Fin.CLIENT``) allows another one. ``told_at``:
    when its administrateurs were told that the firm begins, where it has some.
    """

    inscription = models.ForeignKey(
        Inscription, on_delete=models.PROTECT, related_name="clientes", db_index=False
    )
    portefeuille = models.ForeignKey(
        Portefeuille, on_delete=models.PROTECT, related_name="clientes", db_index=False
    )
    siren = models.CharField(max_length=9)
    name = models.CharField(max_length=200, blank=True)
    sort_key = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_in = models.ForeignKey(Changement, on_delete=models.PROTECT, related_name="+")
    closed_in = models.ForeignKey(
        Changement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_because = models.CharField(max_length=16, choices=_FINS, blank=True)
    let_back_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inscription", "siren"], condition=Q(closed_at=None), name="cliente_one_of_siren"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_because="")
                | Q(closed_at__isnull=False) & ~Q(closed_because=""),
                name="cliente_end_has_reason",
            ),
            _closes_well("cliente_closed_after_opened"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["portefeuille", "sort_key", "id"],
                include=["siren"],  # what is looked for is found in the index alone
                condition=Q(closed_at=None),
                name="cliente_of_portefeuille",
            ),
            models.Index(fields=["siren"], name="cliente_of_siren"),
            # Whom the firm can't take again: a few, out of many clients.
            models.Index(
                fields=["inscription", "siren"],
                condition=Q(closed_because=Fin.CLIENT.value, let_back_at=None),
                name="cliente_ended_itself",
            ),
            _of_change("cliente_closed_in"),
        ]

    def __str__(self) -> str:
        return f"{self.siren} of {self.inscription_id}"


class EtablissementClient(models.Model):
    """An établissement of a client that the firm declares for."""

    cliente = models.ForeignKey(
        Cliente, on_delete=models.PROTECT, related_name="etablissements", db_index=False
    )
    siret = models.CharField(max_length=14)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_in = models.ForeignKey(Changement, on_delete=models.PROTECT, related_name="+")
    closed_in = models.ForeignKey(
        Changement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cliente", "siret"], condition=Q(closed_at=None), name="etablissement_client_once"
            ),
            _closes_well("etablissement_client_closed_after_opened"),
        ]
        indexes: ClassVar = [
            # With those that ended: what came after them, what a tie that ended was for.
            models.Index(fields=["cliente", "siret"], name="etablissement_of_cliente"),
            _of_change("etablissement_closed_in"),
        ]

    def __str__(self) -> str:
        return self.siret


class DeclarationPortefeuille(models.Model):
    """A declaration (code of the catalogue) that a portfolio contains: its clients may have it."""

    portefeuille = models.ForeignKey(
        Portefeuille, on_delete=models.PROTECT, related_name="declarations", db_index=False
    )
    code = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_in = models.ForeignKey(Changement, on_delete=models.PROTECT, related_name="+")
    closed_in = models.ForeignKey(
        Changement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["portefeuille", "code"],
                condition=Q(closed_at=None),
                name="declaration_contained_once",
            ),
            _closes_well("declaration_contained_closed_after_opened"),
        ]
        indexes: ClassVar = [
            _of_change("contained_closed_in"),
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.portefeuille_id}"


class DeclarationCliente(models.Model):
    """A declaration that is made for a client. ``starts_at``: nobody files it before."""

    cliente = models.ForeignKey(
        Cliente, on_delete=models.PROTECT, related_name="declarations", db_index=False
    )
    code = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    opened_in = models.ForeignKey(Changement, on_delete=models.PROTECT, related_name="+")
    closed_in = models.ForeignKey(
        Changement, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cliente", "code"], condition=Q(closed_at=None), name="declaration_cliente_once"
            ),
            _closes_well("declaration_cliente_closed_after_opened"),
        ]
        indexes: ClassVar = [
            # With those that ended: what came after them, what a tie that ended was for.
            models.Index(fields=["cliente", "code"], name="declaration_of_cliente"),
            _of_change("declaration_closed_in"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of client {self.cliente_id}"
