"""What this browser registered, so that it is not asked for the password again (ADR 0019)."""

import uuid
from collections.abc import Collection

from django.http import HttpRequest

SESSION_KEY = "registered"
KEPT = 5  # registrations of one visitor


def keep(request: HttpRequest, registration: uuid.UUID) -> None:
    """Remember what ``accounts.operations.register`` gave to this browser."""
    request.session[SESSION_KEY] = [*request.session.get(SESSION_KEY, []), str(registration)][-KEPT:]


def kept(request: HttpRequest) -> Collection[uuid.UUID]:
    """What this browser registered last."""
    return [uuid.UUID(one) for one in request.session.get(SESSION_KEY, [])]
