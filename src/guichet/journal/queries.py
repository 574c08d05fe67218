"""Reading the journal."""

from guichet.journal.models import Event


def history(*, subject: str) -> list[Event]:
    """The events of ``subject``, the oldest first."""
    return list(Event.objects.filter(subject=subject).order_by("seq"))
