"""What follows, for the company, from what happens to a request: the question, and what became of it."""

import datetime as dt

from guichet.adhesions.codes import code_hash
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import company
from guichet.adhesions.operations.allowance import take_one
from guichet.adhesions.queries.adhesions import demande_of
from guichet.adhesions.queries.verdicts import may_ask_own, unit_problem
from guichet.adhesions.rules import BETWEEN, LAPSES_AFTER, QUALITE, SERVICES, Code, firm_key, new_code
from guichet.adhesions.states import By
from guichet.adhesions.values import sentence
from guichet.depots.models import Depot
from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import UniteLegale
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

# Event → the template that tells the company, and who acted where nobody was named.
TOLD = {
    "depot.accepted": ("adhesions/acceptee", By.AGENT),
    "depot.refused": ("adhesions/refusee", By.AGENT),
    "depot.lapsed": ("adhesions/caduque", By.SYSTEM),
    "depot.ended": ("adhesions/terminee", By.SYSTEM),
}


class CannotBeAsked(Refusal):
    """It does not exist (any more), is one's own firm, or has no address. Params: ``code``, ``sentence``."""

    code = "cannot_be_asked"
    message = N_("{sentence}")
    field = "siren"


def follow(depot: Depot, event: str, actor: str, *, lapses_after: dt.timedelta = LAPSES_AFTER) -> None:
    """Ask the company once its filing counts, and tell it what became of it: a téléprocédure's ``after``.

    In the transaction of the event, with the filing locked. Raises ``CannotBeAsked``, so that nothing is
    filed which nobody could answer, and ``EnoughForToday``.
    """
    if event == "depot.confirmed":
        _ask(depot, actor, lapses_after)
    elif event in TOLD and (demande := demande_of(depot)):
        _conclude(demande, event, actor)


def _ask(depot: Depot, actor: str, lapses_after: dt.timedelta) -> None:
    unite = _asked(depot)
    take_one(depot.account)
    code, now = new_code(), clock.now()
    demande = Demande(
        depot=depot,
        siren=depot.siren,
        firm=firm_key(depot.account),
        services=[each for each in depot.data[SERVICES].split(BETWEEN) if each],
        qualite=depot.data[QUALITE],
        code_hash=code_hash(depot.siren, code),
        asked_at=now,
        lapses_at=now + lapses_after,
    )
    demande.letter = company.write_letter(demande, "adhesions/demande", unite=unite, code=code)
    demande.save(force_insert=True)
    emails = company.write_emails(demande, "adhesions/demande", unite=unite)
    data = {
        "letter": demande.letter_id,
        "emails": emails,
        "lapses_at": demande.lapses_at.isoformat(timespec="seconds"),
    }
    journal.record(subject=depot.evidence, kind="adhesion.asked", actor=actor, data=data)


def _asked(depot: Depot) -> UniteLegale:
    unite = entreprises.unite(siren=depot.siren)
    own = may_ask_own(depot.data[QUALITE])
    problem = unit_problem(depot.account, depot.siren, unite, own=own)
    if problem or unite is None:
        code = problem or Code.UNKNOWN
        raise CannotBeAsked(code=code.value, sentence=sentence(code))
    return unite


def _conclude(demande: Demande, event: str, actor: str) -> None:
    """Note who decided, where no operation of this room did, and tell the company."""
    template, nobody = TOLD[event]
    if event == "depot.ended":
        demande.ended_by = demande.ended_by or nobody
    elif demande.settled_at is None:
        demande.settled_at, demande.answered_by = clock.now(), nobody
    demande.save(update_fields=["settled_at", "answered_by", "ended_by"])
    told = company.tell(demande, template, by_letter=_matters(demande, event))
    data = {**told, "answered_by": demande.answered_by, "ended_by": demande.ended_by}
    journal.record(subject=demande.depot.evidence, kind="adhesion.company_told", actor=actor, data=data)


def _matters(demande: Demande, event: str) -> bool:
    """Whether it is worth a letter: somebody acts for the company from now on, or no more, or somebody else
    than the company has decided. Its own refusal, and its silence, change nothing for it."""
    return event in ("depot.accepted", "depot.ended") or demande.answered_by == By.AGENT
