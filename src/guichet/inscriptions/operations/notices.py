"""Telling the people of a company what concerns them; each in the transaction of what it tells."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.queries import mailbox_of, mailbox_page_of
from guichet.courriers import operations as courriers
from guichet.courriers.models import Courrier
from guichet.courriers.rules import UnusableAddress
from guichet.entreprises.rules import Etablissement
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.queries.company import name_of_company
from guichet.inscriptions.queries.people import acting, name_of
from guichet.kernel.identifiers import Siren

MAX_RECIPIENT = 254  # characters of the name on an envelope


def company_of(inscription: Inscription) -> dict[str, Any]:
    """What every message says of the company: one query, for all that it is told to."""
    return {"company": name_of_company(inscription), "siren": Siren(inscription.siren).grouped}


def tell(
    account: Account, template: str, *, boxed: bool = True, room: str = "inscriptions", **context: Any
) -> None:
    """Put a message into the mailbox of ``account``, and tell of it by e-mail.

    ``boxed=False``: the e-mail itself says it, to whoever cannot sign in. Who has no address that works is
    told by the page alone. ``room``: whose template it is.
    """
    door = espace(account.espace)
    known = {
        "service": door.service,
        "page": mailbox_page_of(account=account) if boxed else "",
        "home": settings.BASE_URL if door.messages_hold_links else "",
        "identifier_label": door.identifier.label,
        "identifier": door.identifier.display(account.identifier, account.profile),
    }
    try:
        courriers.send_email(
            to=account.email,
            template=f"{room}/{template}",
            context={**known, **context},
            about=account.subject,
            links=door.messages_hold_links,
            box=mailbox_of(account=account) if boxed else "",
        )
    except UnusableAddress:
        return


def tell_administrateurs(
    inscription: Inscription, template: str, *, but: Iterable[Account] = (), **context: Any
) -> int:
    """Tell the administrateurs of a company, ``but`` those who know already; how many."""
    told = [row.account for row in acting(inscription.pk).filter(administrateur=True).order_by("pk")]
    silent = {account.pk for account in but}
    told = [account for account in told if account.pk not in silent]
    known = company_of(inscription) if told else {}
    for account in told:
        tell(account, template, **{**known, **context})
    return len(told)


def tell_of_colleague(by: Acteur, acteur: Acteur, what: str) -> None:
    """Tell the other administrateurs ``what`` became of a colleague: a code of the message's template."""
    tell_administrateurs(
        acteur.inscription,
        "equipe",
        but=[by.account, acteur.account],
        by=name_of(by.account),
        person=name_of(acteur.account),
        administrateur=acteur.administrateur,
        declarant=acteur.declarant,
        what=what,
    )


def write_letter(
    inscription: Inscription,
    place: Etablissement | None,
    template: str,
    *,
    recipient: str,
    about: str,
    secret: bool = False,
    **context: Any,
) -> Courrier | None:
    """A letter to an établissement, as the register has it today; ``None`` where it would not arrive.

    ``secret``: it carries a key, and loses its text once it is printed.
    """
    if place is None or not place.envelope:
        return None
    known = company_of(inscription)
    return courriers.send_letter(
        recipient=f"{recipient}, {known['company']}"[:MAX_RECIPIENT],
        address=place.envelope,
        template=f"inscriptions/{template}",
        context={**known, "site": settings.BASE_URL, **context},
        about=about,
        secret=secret,
    )
