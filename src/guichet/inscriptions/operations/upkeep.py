"""Candidatures that nobody answers: recalled after 5 and 12 days, ended after 15. Hourly jobs; each row in
its own transaction, and twice is as once."""

from typing import Any

from django.db import transaction

from guichet.inscriptions.models import Candidature
from guichet.inscriptions.operations.candidatures import lapse
from guichet.inscriptions.operations.each import each_of
from guichet.inscriptions.operations.holding import lock
from guichet.inscriptions.operations.notices import company_of, tell, tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.rules import REMINDERS, Voie, begun_days
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words


def lapse_candidates() -> int:
    """End every candidature that nobody answered in 15 days, and tell both sides; how many."""
    late = Candidature.objects.filter(settled_at=None, lapses_at__lte=clock.now())
    return each_of(lapse, late.order_by("lapses_at").values_list("pk", flat=True))


def remind_candidates() -> int:
    """Recall the candidatures that wait since 5, and since 12 days; how many.

    To the candidate, and to the administrateurs; of one by key, to the candidate alone.
    """
    now = clock.now()
    due: set[int] = set()
    waiting = Candidature.objects.filter(settled_at=None, lapses_at__gt=now)
    for number, after in enumerate(REMINDERS):
        due.update(
            waiting.filter(reminders__lte=number, asked_at__lte=now - after).values_list("pk", flat=True)
        )
    return each_of(_remind, sorted(due))


@transaction.atomic
def _remind(pk: int) -> bool:
    lock(Candidature.objects.values_list("acteur__inscription_id", flat=True).get(pk=pk))
    now = clock.now()
    rows = Candidature.objects.select_related("acteur__account", "acteur__inscription")
    candidature = rows.filter(pk=pk, settled_at=None, lapses_at__gt=now).first()
    owed = sum(candidature.asked_at + after <= now for after in REMINDERS) if candidature else 0
    if candidature is None or candidature.reminders >= owed:
        return False  # settled, or recalled, at this very moment
    candidature.reminders = owed
    candidature.save(update_fields=["reminders"])
    _tell(candidature)
    acteur, data = candidature.acteur, {"acteur": candidature.pk, "reminders": owed}
    journal.record(subject=acteur.inscription.subject, kind="candidature.reminded", actor="system", data=data)
    return True


def _tell(candidature: Candidature) -> None:
    acteur = candidature.acteur
    by_key = candidature.voie == Voie.CLE
    said: dict[str, Any] = {
        "lapses": moment_in_words(candidature.lapses_at),
        "days": begun_days(candidature.lapses_at, now=clock.now()),
    }
    tell(acteur.account, "candidature_rappel", **company_of(acteur.inscription), by_key=by_key, **said)
    if not by_key:
        names: dict[str, Any] = {"person": name_of(acteur.account), "email": acteur.account.email}
        tell_administrateurs(acteur.inscription, "candidat", again=True, **names, **said)
