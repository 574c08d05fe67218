"""Telling people what happened to rights: one message a person and change, never to who made it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext, ngettext

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.queries import mailbox_of, mailbox_page_of
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.habilitations.queries.naming import label_of, named, names_of
from guichet.inscriptions.models import Acteur, Changement
from guichet.kernel.identifiers import Siret

NAMED = 3  # établissements that a message names; beyond, it counts them
PEOPLE = 10  # colleagues whose rights a message to an administrateur tells one by one

# Any of the places, unsorted: where there are more than are named, they are only counted.
_TOLD = """
SELECT acteur_id, given, declaration, count(*), (array_agg(siret))[1:%(named)s] FROM (
    SELECT acteur_id, true AS given, declaration, siret
    FROM habilitations_habilitation WHERE opened_in_id = %(changement)s
    UNION ALL
    SELECT acteur_id, false, declaration, siret
    FROM habilitations_habilitation WHERE closed_in_id = %(changement)s
) lines GROUP BY acteur_id, given, declaration ORDER BY acteur_id, given DESC, declaration
"""


@dataclass
class Told:
    """What a change did to one person, in words: a line a declaration."""

    name: str = ""
    given: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def announce(
    changement: Changement,
    *,
    but: Iterable[Account] = (),
    administrateurs: bool = True,
    done: Mapping[int, Told] | None = None,
) -> None:
    """Tell of a change those whose rights it changed and the administrateurs; whoever made it knows.

    ``but``: people who are told in another way; ``administrateurs``: ``False`` where these are told, all of
    them, of what changed beside rights; ``done``: ``what_was_done``, where it is known. In the transaction of
    the change.
    """
    if not (changement.opened or changement.closed):
        return
    done = what_was_done(changement) if done is None else done
    silent = {account.pk for account in but}
    for acteur in concerned(changement, done):
        if acteur.account_id not in silent and (administrateurs or acteur.pk in done):
            write(acteur.account, "droits_changes", **context_of(changement, acteur, done))


def what_was_done(changement: Changement) -> Mapping[int, Told]:
    """By the id of their acteur, what a change did to people; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"changement": changement.pk, "named": NAMED})
        rows = cursor.fetchall()
    done: dict[int, Told] = defaultdict(Told)
    for acteur_id, given, declaration, number, sirets in rows:
        lines = done[acteur_id].given if given else done[acteur_id].taken
        lines.append(f"{label_of(declaration)} : {_places(number, sorted(sirets))}")
    for acteur in Acteur.objects.filter(pk__in=done).select_related("account"):
        done[acteur.pk].name = named(acteur.account)
    return done


def concerned(changement: Changement, done: Mapping[int, Told]) -> list[Acteur]:
    """Who is told: everybody whose rights changed, and the administrateurs, but who did it."""
    living = Acteur.objects.filter(inscription=changement.inscription_id, ended_at=None)
    rows = living.select_related("account").order_by("pk")
    return [
        row for row in rows if (row.pk in done or row.administrateur) and row.account.subject != changement.by
    ]


def context_of(changement: Changement, acteur: Acteur, done: Mapping[int, Told]) -> dict[str, Any]:
    """What a message to ``acteur`` tells: their own rights, and to administrateurs those of the others."""
    others = [told for pk, told in done.items() if pk != acteur.pk] if acteur.administrateur else []
    return {
        "by": names_of([changement.by])[changement.by],
        "mine": done.get(acteur.pk),
        "others": others[:PEOPLE],
        "more": len(others[PEOPLE:]),
        "undoes": changement.undoes_id is not None,
    }


def write(account: Account, template: str, **context: Any) -> None:
    """Put a message into the mailbox of ``account``, and tell of it by e-mail; who has no address any more
    is told by the page alone."""
    door = espace(account.espace)
    known = {"service": door.service, "page": mailbox_page_of(account=account)}
    try:
        courriers.send_email(
            to=account.email,
            template=f"habilitations/{template}",
            context={**known, **context},
            about=account.subject,
            links=door.messages_hold_links,
            box=mailbox_of(account=account),
        )
    except UnusableAddress:
        return


def _places(number: int, sirets: Sequence[str]) -> str:
    if number > NAMED:
        counted = ngettext("{number} établissement", "{number} établissements", number)
        return counted.format(number=number)
    return gettext(", ").join(Siret(siret).grouped for siret in sirets)
