"""An attacker's go at the espace abonné: how many guesses an hour, what an answer tells, whose is what.

``GUESSES`` is what anybody has for one person or company, from as many addresses as they like; docs/asvs.md
tells the numbers beside how many would be needed.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import Client as Browser
from django.urls import reverse

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account, PendingRegistration, Session
from guichet.accounts.rules import Client
from guichet.adhesions import operations as adhesions
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.operations.tries import LetterCodesLockedOut
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.entreprises.operations import import_sirene
from guichet.kernel import clock
from tests.accounts import subscribers
from tests.adhesions import world
from tests.adhesions.firm import a_client, a_pair, an_abonne
from tests.espaces.abonne import people
from tests.parcours import register as sirene
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
WRONG = "abcdefghjk23"  # twelve signs, as every code has
HOUR, STEP = dt.timedelta(hours=1), dt.timedelta(minutes=5)
# Of 56 signs, twelve of them: 10 to the 21st. At so many an hour nobody is ever right.
GUESSES = {"activation": 20, "recovery": 20, "letter": 80}
ANSWERS_A_DAY = 5
MARKUP = "<script>alert(1)</script>"
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)"]


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


def from_anywhere(number: int) -> Client:
    return Client(address=f"198.51.{number // 250}.{number % 250 + 1}", agent="")


def tried(
    attempt: Callable[[Client], object], *, locked: type[Exception], lasting: dt.timedelta, step: dt.timedelta
) -> int:
    """How many wrong guesses are looked at within ``lasting``, from a new address each time, in bursts."""
    looked_at = number = 0
    for burst in range(lasting // step):
        with clock.travel(burst * step):
            for _ in range(25):
                number += 1
                try:
                    attempt(from_anywhere(number))
                except locked:
                    break
                except Exception:  # refused, as a guess is: whatever its sentence
                    looked_at += 1
    return looked_at


class TestGuesses:
    """How many wrong ones an hour are looked at at all."""

    def test_the_code_of_an_activation(self) -> None:
        subscribers.subscribe()
        assert GUESSES["activation"] >= tried(
            lambda client: subscribers.activate(WRONG, client=client),
            locked=accounts.CodeTriesLockedOut, lasting=HOUR, step=STEP,
        ) > 0  # fmt: skip

    def test_the_code_of_an_address_that_nobody_registered(self) -> None:
        """As many, so that the limit does not tell whether there is somebody."""
        known: list[tuple[type, str]] = []
        unknown: list[tuple[type, str]] = []
        subscribers.subscribe()
        for found, email in ((known, subscribers.EMAIL), (unknown, "nobody@cabinet.example")):
            for number in range(8):
                try:
                    subscribers.activate(WRONG, identifier=email, client=from_anywhere(number))
                except Exception as refusal:  # which one is what is compared
                    found.append((type(refusal), str(refusal)))
        assert known == unknown
        assert known[-1][0] is accounts.CodeTriesLockedOut

    def test_the_code_of_a_recovery(self) -> None:
        subscribers.a_subscriber()
        accounts.ask_recovery(espace="abonne", identifier=subscribers.EMAIL, client=from_anywhere(0))
        assert GUESSES["recovery"] >= tried(
            lambda client: subscribers.recovery(code=WRONG, client=client),
            locked=accounts.CodeTriesLockedOut, lasting=HOUR, step=STEP,
        ) > 0  # fmt: skip

    def test_the_answer_to_a_question_by_who_reads_the_mailbox(self) -> None:
        subscribers.a_subscriber()
        accounts.ask_recovery(espace="abonne", identifier=subscribers.EMAIL, client=from_anywhere(0))
        token = subscribers.recovery()
        found = tried(
            lambda _client: accounts.set_password_by_token(
                token=token, password=subscribers.NEW, answer="un chat"
            ),
            locked=accounts.AnswersLockedOut,
            lasting=HOUR,
            step=STEP,
        )
        assert found == ANSWERS_A_DAY

    def test_the_code_of_a_companys_letter(self, tmp_path: Path) -> None:
        unites, etablissements = world.register_files(tmp_path)
        import_sirene(unites=unites, etablissements=etablissements)
        demande = world.asked(an_abonne())
        assert GUESSES["letter"] >= tried(
            lambda client: adhesions.open_by_code(siren=demande.siren, code=WRONG, client=client),
            locked=LetterCodesLockedOut, lasting=HOUR, step=STEP,
        ) > 0  # fmt: skip


class TestEnumeration:
    """No answer tells whether somebody is there."""

    def said(self, answer: Any) -> tuple[int, str, str]:
        page = re.sub(r'(value|content|nonce)="[^"]*"', "", html_of(answer))
        return answer.status_code, answer.get("Location", ""), re.sub(r"[\w.]+@[\w.]+", "", page)

    @pytest.mark.parametrize("page", ["activation/nouveau-code/", "mot-de-passe-oublie/"])
    def test_asking_for_a_message(self, page: str) -> None:
        subscribers.a_subscriber()
        field = "email" if "activation" in page else "identifier"
        known, unknown = (
            self.said(Browser().post(f"/abonne/{page}", {field: email}))
            for email in (subscribers.EMAIL, "nobody@cabinet.example")
        )
        assert known == unknown

    def test_registering_an_address_that_is_taken(self) -> None:
        people.a_subscriber()
        known, unknown = (
            re.sub(r"\d+", "", people.subscribe(Browser(), email=email))
            for email in (people.EMAIL, "nobody@cabinet.example")
        )
        assert known == unknown
        assert not PendingRegistration.objects.filter(identifier=people.EMAIL).exists()

    def test_colleagues_are_not_listed_by_claiming_their_siren(self) -> None:
        lila, _ = a_pair()
        spy = an_abonne("Espion Exemple")
        browser = Browser()
        browser.force_login(spy)
        for name in ("colleagues", "hand_over"):
            page = text_of(browser.get(reverse(f"abonne:{name}")))
            assert "Lila" not in page
            assert "Omar" not in page
        assert browser.get(reverse("abonne:colleague_recognise", args=[lila.pk])).status_code == 403


class TestSomebodyElses:
    """Ids of others open nothing."""

    def test_a_registration_form(self) -> None:
        mine, theirs = Browser(), Browser()
        people.subscribe(mine)
        people.activate(mine)
        owner = Account.objects.get(identifier=people.EMAIL)
        assert mine.get("/abonne/formulaire-inscription.pdf").status_code == 200
        assert theirs.get("/abonne/formulaire-inscription.pdf").status_code == 302
        assert str(owner.number) not in text_of(theirs.get("/abonne/activation/terminee/", follow=True))

    def test_the_form_just_activated_is_not_shown_to_who_signs_in_afterwards(self) -> None:
        """On a computer that two people use: the form of the one is not the other's."""
        shared = Browser()
        people.subscribe(shared)
        people.activate(shared)
        other = people.a_subscriber(
            identifier="o@b.example", email="o@b.example", number="20263250000099", profile={"name": "Omar"}
        )
        shared.force_login(other)
        answer = shared.get("/abonne/formulaire-inscription.pdf")
        first = Account.objects.get(identifier=people.EMAIL)
        assert str(first.number) not in answer["Content-Disposition"]

    def test_a_clients_file_or_a_proposal(self) -> None:
        lila, omar = a_pair()
        client = a_client(lila, name="SECRET DU CABINET")
        remise = handover.propose(account=lila, to=omar.pk)
        stranger = Browser()
        stranger.force_login(an_abonne("Autre", siren="443061841"))
        places = {
            "adhesion:depot": {"depot_id": client.pk},
            "adhesion:receipt": {"depot_id": client.pk},
            "adhesion:end": {"depot_id": client.pk},
            "adhesion:take_back": {"depot_id": client.pk},
            "abonne:remise": {"remise_id": remise.pk},
        }
        for name, place in places.items():
            answer = stranger.get(reverse(name, kwargs=place))
            assert answer.status_code == 404, name
            assert "SECRET" not in text_of(answer)


class TestForms:
    """What is sent beside, or instead of, what the page asks."""

    ASSIGNED: ClassVar = {
        "siren": "443061841",
        "number": "20143060047878",
        "espace": "agents",
        "is_unite": "1",
        "suspended_at": "",
        "factor_since": "2020-01-01",
        "recognised_at": "2020-01-01",
        "name": MARKUP,
        "company": "MINISTERE",
    }

    def test_nothing_is_assigned_beside_what_is_asked(self) -> None:
        browser = Browser()
        people.subscribe(browser, **self.ASSIGNED)
        people.activate(browser)
        account = Account.objects.get(identifier=people.EMAIL)
        assert (account.espace, account.siren) == ("abonne", sirene.SIRENS[0])
        assert account.number != "20143060047878"
        assert account.factor_since is None
        assert "MINISTERE" not in str(account.profile)
        assert account.profile["name"] == "Lila Rosemonde"

    def test_a_profile_does_not_change_the_firm(self) -> None:
        account = people.a_subscriber()
        browser = people.signed_in(account)
        browser.post("/abonne/compte/", {**people.DETAILS, **self.ASSIGNED})
        account.refresh_from_db()
        assert account.siren == sirene.SIRENS[0]
        assert account.profile["siren"] == sirene.SIRENS[0]

    @pytest.mark.parametrize(
        "email", ["lila@сabinet.example", "lilа@cabinet.example", "ⅼila@cabinet.example"]
    )
    def test_an_address_that_looks_like_anothers_is_not_that_other(self, email: str) -> None:
        """Cyrillic letters and a Roman numeral: refused, or another mailbox; nobody else's account."""
        people.a_subscriber(identifier="lila@cabinet.example", email="lila@cabinet.example")
        browser = Browser()
        people.identify(browser, people.begin(browser), email=email)
        signed = browser.post("/abonne/connexion/", {"identifier": email, "password": people.PASSWORD})
        assert signed.status_code in (422, 429)
        assert not Session.objects.filter(account__isnull=False).exists()

    @pytest.mark.parametrize("name", ["Bcc: x@y.example\r\nBcc: z", "Lila\r\n\r\nbody", "Lila\0", MARKUP])
    def test_a_name_makes_neither_a_header_nor_markup(self, name: str) -> None:
        browser = Browser()
        page = people.to_the_form(browser)
        answer = browser.post(page, {**people.DETAILS, "last_name": name})
        if answer.status_code == 302:
            browser.post(answer["Location"])
            people.activate(browser)
        assert MARKUP not in html_of(answer)
        for courrier in Courrier.objects.all():
            assert "\r" not in courrier.subject + courrier.recipient
            assert "Bcc:" not in courrier.subject

    def test_a_code_is_forgiven_its_blanks_and_nothing_else(self) -> None:
        browser = Browser()
        people.subscribe(browser)
        code = people.code_for()
        for wrong in (code.swapcase(), f"{code}{code}", code[:-1], f"{code[:6]}\0{code[6:]}"):
            assert people.activate(browser, code=wrong).status_code == 422, wrong
        assert people.activate(browser, code=f" \u00a0{code}\n").status_code == 302

    def test_buttons_that_are_pressed_twice(self) -> None:
        browser = Browser()
        recap = people.to_the_recap(browser)
        for _ in range(2):
            assert browser.post(recap).status_code == 302
        assert PendingRegistration.objects.count() == 1
        code = people.code_for()
        for _ in range(2):
            people.activate(browser, code=code)
        assert Account.objects.filter(espace="abonne").count() == 1

    def test_a_session_that_somebody_prepared_is_not_signed_in(self) -> None:
        """Fixation: activating signs nobody in, and signing in changes the session's key."""
        browser = Browser()
        people.subscribe(browser)
        prepared = browser.cookies["sessionid"].value if "sessionid" in browser.cookies else ""
        people.activate(browser)
        assert browser.get("/abonne/").status_code == 302
        form = {"identifier": people.EMAIL, "password": people.PASSWORD}
        assert browser.post("/abonne/connexion/", form).status_code == 302
        assert prepared not in {cookie.value for cookie in browser.cookies.values() if cookie.value}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_spreadsheet_runs_nothing_of_the_files(formula: str) -> None:
    lila, _ = a_pair()
    client = a_client(lila)
    Depot.objects.filter(pk=client.pk).update(subject_name=formula)
    browser = Browser()
    browser.force_login(lila)
    answer: Any = browser.get("/abonne/adhesions/dossiers.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in line]
    assert [cell for cell in cells if formula in cell]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_who_claims_a_siren_does_not_learn_who_asked_for_a_company() -> None:
    """The firm's own requests stand in the way of another; nobody unrecognised is told whose they are."""
    lila, _ = a_pair()
    client = a_client(lila)
    spy = an_abonne("Espion Exemple")
    colleagues.present(account=spy)
    browser = Browser()
    browser.force_login(spy)
    answer = browser.post(
        "/abonne/adhesions/listes/nouvelle/",
        {"sirens": client.siren, "text": client.siren, "services": ["tva"], "qualite": "expert_comptable"},
        follow=True,
    )
    assert "Lila" not in text_of(answer)
