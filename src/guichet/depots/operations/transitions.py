"""Taking a filing from one state to the next, with its evidence and its messages."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext

from guichet.accounts.definitions import espace
from guichet.accounts.queries import mailbox_of, mailbox_page_of
from guichet.courriers import operations as courriers
from guichet.courriers.links import link as courriers_link
from guichet.depots.definitions import Teleprocedure, other_words, teleprocedure
from guichet.depots.models import ConfirmationLink, Depot
from guichet.depots.queries import in_whose_name
from guichet.depots.states import after
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.tokens import new_token, token_hash


def move_on(
    depot: Depot, event: str, *, actor: str, evidence: Mapping[str, object], **changes: object
) -> None:
    """Change the state of a locked ``depot`` as ``event`` says, set ``changes``, and journal ``evidence``.

    What else follows is its téléprocédure's affair. Raises ``IllegalTransition``, and what that raises.
    """
    changes = {"state": after(depot.state, event), "updated_at": clock.now(), **changes}
    for name, value in changes.items():
        setattr(depot, name, value)
    if depot._state.adding:  # filed at once: it was never a draft, beside which there is perhaps another
        depot.save(force_insert=True)
    else:
        depot.save(update_fields=list(changes))
    journal.record(subject=depot.evidence, kind=event, actor=actor, data=evidence)
    teleprocedure(depot.teleprocedure).after(depot, event, actor)


def write_to_filer(depot: Depot, template: str, *, link: str = "", until: dt.datetime | None = None) -> bool:
    """Write about ``depot`` to the address of its filing; ``link`` is a secret when it is given.

    ``until``: when it expires, where the filing itself does not say so.

    ``False``, and to nobody, where the account was closed: its person was told that they would hear no more.
    """
    definition, links = teleprocedure(depot.teleprocedure), espace(depot.espace).messages_hold_links
    ways = {"home": settings.BASE_URL if links else "", "page": mailbox_page_of(account=depot.account)}
    address = definition.email(depot.account, depot.data)
    if not address:
        return False
    courriers.send_email(
        to=address,
        template=template,
        context=_context(depot, definition, until) | {"link": link, **ways},
        about=depot.evidence,
        secret=bool(link),
        links=links,
        box="" if link else mailbox_of(account=depot.account),
    )
    return True


def new_link(depot: Depot) -> str:
    """A fresh link that confirms ``depot``; those sent before stay valid."""
    token = new_token()
    ConfirmationLink.objects.create(token_hash=token_hash(token), depot=depot, created_at=clock.now())
    return courriers_link("c", token)


def _context(depot: Depot, definition: Teleprocedure, until: dt.datetime | None) -> dict[str, object]:
    expires = depot.expires_at or until
    return {
        "procedure": gettext(definition.label),
        "label": _label(depot, definition),
        "whom": in_whose_name(depot),
        "reference": depot.reference or "",
        "reason": depot.decision_text,
        "superseded": depot.superseded_by_id is not None,
        "expires": moment_in_words(expires) if expires else "",
        "ended": moment_in_words(depot.withdrawn_at) if depot.withdrawn_at else "",
        "files": definition.files is not None or definition.documents is not None,
        "documents": definition.documents is not None,
        "noun": definition.noun.in_words(),
        "correctable": definition.instruction.correctable,
        "accepted": other_words(definition.instruction),
        "service": definition.service,
    }


def _label(depot: Depot, definition: Teleprocedure) -> str:
    """What the filing is about; what it is, for a draft that does not say it yet."""
    try:
        return definition.unique(depot.account, depot.data).label
    except (KeyError, ValueError):
        if depot.submitted_at is not None:
            raise
        return gettext(definition.label)
