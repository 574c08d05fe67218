"""A provisional password, shown once to the administrateur: no message holds it (003, chapter 3).

Between the form and the next page it waits in the session, sealed: the table of sessions tells none.
"""

import base64
from dataclasses import dataclass

from django.http import HttpRequest

from guichet.accounts import vault
from guichet.inscriptions.models import Acteur

SESSION_KEY = "provisional"


@dataclass(frozen=True)
class Given:
    """The provisional password of the colleague ``acteur_id``."""

    acteur_id: int
    password: str


def keep(request: HttpRequest, *, by: Acteur, acteur_id: int, password: str) -> None:
    """Have the next page show ``password`` to ``by``, and nobody else."""
    sealed = vault.seal(password, purpose=_purpose(by, acteur_id))
    request.session[SESSION_KEY] = {"acteur": acteur_id, "sealed": base64.b64encode(sealed).decode()}


def take(request: HttpRequest, *, by: Acteur) -> Given | None:
    """What was kept for ``by``, forgotten from now on; None: nothing, or it was shown already."""
    found = request.session.pop(SESSION_KEY, None)
    if not found:
        return None
    try:
        purpose = _purpose(by, found["acteur"])
        password = vault.open_sealed(base64.b64decode(found["sealed"]), purpose=purpose)
    except (vault.CannotOpen, ValueError):
        return None
    return Given(found["acteur"], password)


def _purpose(by: Acteur, acteur_id: int) -> str:
    return f"provisional password of acteur:{acteur_id}, shown to {by.subject}"
