"""Reading the outbox."""

from guichet.courriers.models import Courrier


def of_subject(*, about: str) -> list[Courrier]:
    """Every courrier about one subject of evidence, the latest first, with its attempts."""
    return list(
        Courrier.objects.filter(about=about).order_by("-created_at", "-pk").prefetch_related("attempts")
    )
