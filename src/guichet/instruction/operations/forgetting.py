"""What was said about a filing, once its time is over."""

import uuid
from collections.abc import Sequence

from guichet.instruction.models import Classement, Message, MessageFile, Note
from guichet.instruction.operations.joined import SEVERAL


def forget_texts(*, depot_ids: Sequence[uuid.UUID]) -> int:
    """Erase what was asked, answered and noted about these filings, and what documents and files were called
    there; how many texts.

    Who wrote, and when, stays; so do the types that documents were put under, and what is in the files.
    """
    said = sum(
        model._default_manager.filter(depot_id__in=depot_ids).exclude(text="").update(text="")
        for model in (Message, Note)
    )
    files = MessageFile.objects.filter(message__depot_id__in=depot_ids).exclude(name=SEVERAL)
    typed = Classement.objects.filter(depot_id__in=depot_ids).exclude(typed="")
    return said + files.update(name=SEVERAL) + typed.update(typed="")
