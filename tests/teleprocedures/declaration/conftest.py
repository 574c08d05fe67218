"""A company of two établissements, its administrateur, and a déclarant with one right."""

from typing import Any

import pytest

from guichet.inscriptions.models import Inscription
from guichet.inscriptions.rules import Genre
from guichet.instruction.models import Agent
from tests.depots.declarants import give
from tests.inscriptions import world
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.declaration.filer import Declarant


@pytest.fixture
def company(db: None) -> Inscription:
    """It declares the DSN and the C3S, both open."""
    return world.company(Genre.MULTI, places=2)


@pytest.fixture
def declarant(company: Inscription) -> Declarant:
    """May transmit the DSN of the siège, and nothing else."""
    acteur = world.declarant(company, "Omar Exemple")
    give(acteur, company.siret, "dsn")
    return Declarant(acteur)


@pytest.fixture
def agent(db: None) -> Any:
    """An agent who sees everything."""
    found: Agent = an_agent(name="Camille Aubert")
    return found
