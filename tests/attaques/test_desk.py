"""An attacker's go at the desk: what a filer types, what an agent may reach, who is signed in by half."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.depots.models import Depot, DepotFile
from guichet.instruction.models import Agent, Motif, Note
from guichet.instruction.rules import MotifKind, Role
from tests.depots import factories
from tests.web.desk.desk import a_filing, a_motif, an_agent, at_the_desk
from tests.web.people import html_of

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1"]
HOSTILE_NAME = 'a"; filename="b.html\r\nX-Evil: 1\r\n\r\n<script>.pdf'


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    settings.FILES_DIR = tmp_path_factory.mktemp("portal") / "files"
    yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


@pytest.fixture
def agent(db: None) -> Agent:
    return an_agent(role=Role.GESTIONNAIRE)


@pytest.fixture
def hostile(agent: Agent) -> Depot:
    """A filing whose every text is markup, as it might have come in by another way than the forms."""
    depot = a_filing()
    Depot.objects.filter(pk=depot.pk).update(subject_name=MARKUP, data={**depot.data, "adresse": MARKUP})
    DepotFile.objects.filter(depot=depot).update(name=MARKUP[:200])
    Account.objects.filter(pk=depot.account_id).update(profile={**depot.account.profile, "contact": MARKUP})
    return depot


def test_nothing_that_anybody_typed_is_markup_at_the_desk(agent: Agent, hostile: Depot) -> None:
    desk = at_the_desk(agent)
    Account.objects.filter(pk=agent.account_id).update(profile={"name": MARKUP})
    desk.post(f"/agents/depots/{hostile.pk}/note/", {"note": MARKUP})
    desk.post(f"/agents/depots/{hostile.pk}/question/", {"question": MARKUP})
    assert Note.objects.exists()
    motif = a_motif()
    Motif.objects.filter(pk=motif.pk).update(label=MARKUP, text=MARKUP)
    pages = ["", f"depots/{hostile.pk}/", f"depots/{hostile.pk}/refuser/", "motifs/", "equipe/", "charge/"]
    for page in (*pages, f"?texte={MARKUP}", f"?q={MARKUP}", "chiffres/"):
        shown = html_of(desk.get(f"/agents/{page}"))
        assert "<script>alert" not in shown, page
        assert "<img src=x" not in shown, page


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_spreadsheet_runs_nothing_of_an_export(agent: Agent, formula: str) -> None:
    depot = a_filing()
    Depot.objects.filter(pk=depot.pk).update(subject_name=formula)
    answer = at_the_desk(agent).get("/agents/export.csv?etat=tous")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [_head, line] = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert formula.strip() in "".join(line)
    assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], line


def test_a_filer_is_nobody_at_the_desk_and_an_agent_nobody_at_the_door(agent: Agent) -> None:
    depot = a_filing()
    filer = Client()
    filer.force_login(depot.account)
    for page in ("", f"depots/{depot.pk}/", "export.csv", "equipe/", f"depots/{depot.pk}/document.pdf"):
        assert filer.get(f"/agents/{page}").status_code in (302, 403), page
    assert filer.post(f"/agents/depots/{depot.pk}/publier/").status_code in (302, 403)
    depot.refresh_from_db()
    assert depot.state == "confirme"
    assert at_the_desk(agent).get("/association/").status_code == 403


def test_who_is_signed_in_by_half_reaches_nothing(agent: Agent) -> None:
    """The password is right, the code was never given: the session is nobody's."""
    depot = a_filing()
    half = Client()
    half.force_login(agent.account)  # without the mark of the second factor
    for page in ("", f"depots/{depot.pk}/", "export.csv", "equipe/", f"depots/{depot.pk}/document.pdf"):
        answer = half.get(f"/agents/{page}")
        assert answer.status_code == 302, page
        assert answer.headers["Location"].startswith("/agents/connexion/"), page
    assert half.post(f"/agents/depots/{depot.pk}/publier/").status_code in (302, 403)
    depot.refresh_from_db()
    assert depot.state == "confirme"


def test_a_suspended_agent_with_an_open_page_decides_nothing(agent: Agent) -> None:
    other = an_agent("Dominique Exemple")
    desk, depot = at_the_desk(other), a_filing()
    at_the_desk(agent).post(f"/agents/equipe/{other.pk}/suspendre/")
    other.refresh_from_db()
    assert not other.active
    assert desk.post(f"/agents/depots/{depot.pk}/publier/").status_code in (302, 403)
    depot.refresh_from_db()
    assert depot.state == "confirme"


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISEUR])
def test_nobody_makes_themselves_more_than_they_are(db: None, role: Role) -> None:
    mine = an_agent("Sacha Exemple", role=role)
    answer = at_the_desk(mine).post(f"/agents/equipe/{mine.pk}/", {"role": "gestionnaire"})
    assert answer.status_code == 403
    mine.refresh_from_db()
    assert mine.role == role


@pytest.mark.parametrize(
    "act", ["publier", "refuser", "note", "question", "attribuer", "liberer", "prendre-la-main"]
)
def test_another_site_decides_nothing(agent: Agent, act: str) -> None:
    depot = a_filing()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = at_the_desk(agent).cookies
    data = {"note": "x", "question": "x", "motif": a_motif(MotifKind.REFUS).pk, "to": agent.pk}
    answer = strict.post(f"/agents/depots/{depot.pk}/{act}/", data, HTTP_ORIGIN="https://ailleurs.example")
    assert answer.status_code == 403
    depot.refresh_from_db()
    assert (depot.state, Note.objects.count()) == ("confirme", 0)


def test_a_file_name_writes_no_header(agent: Agent) -> None:
    depot = a_filing()
    DepotFile.objects.filter(depot=depot).update(name=HOSTILE_NAME)
    filer: Any = Client()
    filer.force_login(depot.account)
    received = depot.files.get(kind="received")
    for browser, address in (
        (filer, f"/association/comptes-annuels/depots/{depot.pk}/fichiers/{received.pk}"),
        (at_the_desk(agent), f"/agents/depots/{depot.pk}/document.pdf"),
    ):
        answer = browser.get(address)
        if answer.status_code == 404 and browser is filer:
            pytest.fail("the address of an original has changed")
        assert "X-Evil" not in answer.headers
        said = answer.headers.get("Content-Disposition", "")
        assert not {"\r", "\n", "<"} & set(said)
        b"".join(answer.streaming_content)
