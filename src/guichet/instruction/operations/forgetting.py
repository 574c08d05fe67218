"""What was said about a filing, once its time is over."""

import uuid
from collections.abc import Sequence

from guichet.instruction.models import Message, Note


def forget_texts(*, depot_ids: Sequence[uuid.UUID]) -> int:
    """Erase what was asked, answered and noted about these filings; how many texts.

    Who wrote, and when, stays.
    """
    return sum(
        model._default_manager.filter(depot_id__in=depot_ids).exclude(text="").update(text="")
        for model in (Message, Note)
    )
