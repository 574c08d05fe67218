"""Portfolios, their clients, and the firms of a company.

``placing``, ``containing`` and ``reverting`` are what set-based statements are made of.
"""

from guichet.portefeuilles.queries.finding import (
    ClienteNotFound,
    PortefeuilleNotFound,
    cliente,
    named,
    portefeuille,
)
from guichet.portefeuilles.queries.lists import (
    clientes,
    codes,
    containable,
    contained,
    declarations,
    etablissements,
    missing,
    portefeuilles,
)
from guichet.portefeuilles.queries.tiers import tiers_of

__all__ = [
    "ClienteNotFound",
    "PortefeuilleNotFound",
    "cliente",
    "clientes",
    "codes",
    "containable",
    "contained",
    "declarations",
    "etablissements",
    "missing",
    "named",
    "portefeuille",
    "portefeuilles",
    "tiers_of",
]
