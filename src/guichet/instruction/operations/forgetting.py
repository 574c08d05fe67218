"""What was said about a filing, once its time is over."""

import uuid
from collections.abc import Sequence

from guichet.instruction.models import Classement, Message, Note


def forget_texts(*, depot_ids: Sequence[uuid.UUID]) -> int:
    """Erase what was asked, answered and noted about these filings, and what documents were called there;
    how many texts.

    Who wrote, and when, stays; so do the types that documents were put under.
    """
    said = sum(
        model._default_manager.filter(depot_id__in=depot_ids).exclude(text="").update(text="")
        for model in (Message, Note)
    )
    return said + Classement.objects.filter(depot_id__in=depot_ids).exclude(typed="").update(typed="")
