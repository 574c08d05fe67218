"""Writing to the company that is asked, each time in the transaction of what it tells."""

from django.conf import settings
from django.utils.translation import gettext

from guichet.accounts.definitions import espace
from guichet.adhesions.models import Demande
from guichet.adhesions.queries.adhesions import as_adhesion, company_accounts
from guichet.adhesions.queries.verdicts import is_addressed
from guichet.courriers import operations as courriers
from guichet.courriers.models import Courrier
from guichet.courriers.rules import UnusableAddress
from guichet.depots.definitions import teleprocedure
from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import UniteLegale
from guichet.kernel.dates import moment_in_words
from guichet.kernel.identifiers import Siren

ANSWER_AT = "/mandataires/"  # where a company answers with its code
MAX_RECIPIENT = 254  # characters of the name on an envelope


def write_letter(
    demande: Demande, template: str, *, unite: UniteLegale | None, code: str = ""
) -> Courrier | None:
    """A letter to the siège of ``unite``, as the register has it today; ``None`` where it would not arrive.

    One with a ``code`` loses its text once it is printed.
    """
    if unite is None or unite.siege is None or not is_addressed(unite.siege):
        return None
    return courriers.send_letter(
        recipient=unite.name[:MAX_RECIPIENT],
        address=unite.siege.envelope,
        template=template,
        context={**_context(demande, unite), "letter": True, "code": code},
        about=demande.correspondence,
        secret=bool(code),
    )


def write_emails(demande: Demande, template: str, *, unite: UniteLegale | None) -> int:
    """An e-mail to every account that is the company, never with the code; how many."""
    sent = 0
    for account in company_accounts(siren=demande.siren):
        try:
            courriers.send_email(
                to=account.email,
                template=template,
                context={**_context(demande, unite), "letter": False, "code": ""},
                about=demande.correspondence,
                links=espace(account.espace).messages_hold_links,
            )
        except UnusableAddress:
            continue
        sent += 1
    return sent


def tell(demande: Demande, template: str, *, by_letter: bool) -> dict[str, object]:
    """Tell the company by e-mail; where it has no account and it matters enough, by letter. As evidence."""
    unite = entreprises.unite(siren=demande.siren)
    emails = write_emails(demande, template, unite=unite)
    letter = write_letter(demande, template, unite=unite) if by_letter and not emails else None
    return {"emails": emails, "letter": letter.pk if letter else 0}


def _context(demande: Demande, unite: UniteLegale | None) -> dict[str, object]:
    said = as_adhesion(demande)
    return {
        "company": unite.name if unite else said.name,
        "siren": Siren(demande.siren).grouped,
        "person": said.person,
        "firm": said.firm or gettext("une entreprise étrangère, ou qui ne veut pas être affichée"),
        "firm_siren": Siren(said.firm_siren).grouped if said.firm_siren else "",
        "capacity": said.capacity,
        "services": said.services,
        "reference": said.reference,
        "reason": said.reason,
        "lapses": moment_in_words(demande.lapses_at),
        "service": teleprocedure(demande.depot.teleprocedure).service,
        "site": settings.BASE_URL,
        "answer_at": settings.BASE_URL + ANSWER_AT,
        "answered_by": demande.answered_by,
        "ended_by": demande.ended_by,
    }
