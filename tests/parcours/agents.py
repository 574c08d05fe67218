"""Agents in a browser: invited, with an application of codes, at their desk; and filings that wait there."""

import json
from dataclasses import dataclass

from guichet.accounts import totp
from tests.conftest import ROOT
from tests.parcours.portal import Portal
from tests.parcours.register import SIRENS
from tests.parcours.visitor import Visitor

INVITATION = "invitation"
_OPERATOR = """
import sys; sys.path.insert(0, {root!r})
from guichet.instruction import operations
operations.seed_motifs()
operations.invite_agent(by=None, email={email!r}, name={name!r}, role="gestionnaire")
"""
_FILINGS = """
import sys; sys.path.insert(0, {root!r})
from tests.parcours import samples
from tests.depots import factories
from tests.web.desk.desk import a_filing
factories.pdf = lambda pages=1: samples.accounts()
for rank in {ranks!r}: a_filing(rank, date={date!r})
while factories.sent: factories.sent.pop().unlink(missing_ok=True)
"""


@dataclass
class Agent:
    """Who sits at the desk, with a password and the key in the telephone."""

    name: str
    email: str
    password: str = "cheval-Lavande-trombone-7"
    secret: str = ""


def invite_first(portal: Portal, who: Agent) -> None:
    """The operator's invitation of the first gestionnaire."""
    code = _OPERATOR.format(root=str(ROOT), email=who.email, name=who.name)
    portal.guichet("django", "shell", "-v", "0", "-c", code)


def file_some(portal: Portal, count: int, *, date: str) -> list[str]:
    """``count`` confirmed filings, of associations that no other walk uses: their SIRENs."""
    ranks = list(range(len(SIRENS) - count, len(SIRENS)))
    code = _FILINGS.format(root=str(ROOT), ranks=ranks, date=date)
    portal.guichet("django", "shell", "-v", "0", "-c", code)
    return [SIRENS[rank] for rank in ranks]


def come_in(visitor: Visitor, portal: Portal, who: Agent) -> None:
    """From the invitation to the desk: a password, an application of codes, recovery codes."""
    visitor.open(portal.mailbox.expect(who.email, INVITATION).link)
    visitor.fill(password=who.password)
    if visitor.variant.scripts:
        visitor.page.get_by_text("Ce mot de passe convient.").wait_for()
    visitor.press("Enregistrer ce mot de passe")
    visitor.fill(password=who.password)
    visitor.press("Se connecter")
    key = visitor.page.locator(".g-key").text_content() or ""
    who.secret = "".join(key.split())
    visitor.fill(code=code_of(portal, who))
    visitor.press("Relier cette application")
    visitor.press("J’ai gardé ces codes, continuer")


def code_of(portal: Portal, who: Agent) -> str:
    """What the application shows now."""
    return totp.code_at(who.secret, totp.step_at(portal.now()))


def told_ids(visitor: Visitor) -> list[str]:
    """The filings of the queue's page, in order."""
    found: list[str] = json.loads(
        visitor.page.evaluate(
            "JSON.stringify([...document.querySelectorAll('[name=depot]')].map(e => e.value))"
        )
    )
    return found
