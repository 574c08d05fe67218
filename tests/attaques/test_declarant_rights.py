"""An attacker, and a hurried person, at the rights: many at once, old pages, strange names."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier, Pli
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, Changement
from guichet.kernel import clock
from tests.at_once import at_once
from tests.entreprises import files
from tests.espaces.declarant import registrants
from tests.espaces.declarant.rights.company import (
    ROOT,
    Company,
    boxes,
    browser,
    confirmation,
    page_form,
    toggled,
)
from tests.inscriptions import world
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
CHECK, DOOR = f"{ROOT}verifier/", "/declarant/"
PEOPLE = f"{DOOR}gestion/declarants/"
UNDERSTOOD = {"compris": "on"}


def whole(answer: Any) -> bytes:
    """What a file holds, also one that comes in parts."""
    return bytes(answer.getvalue())


def told(client: Client, shown: Answer, names: int = 1) -> tuple[str, dict[str, str]]:
    """The first boxes of a page turned over, as far as the page that tells what will change."""
    address, sent = page_form(shown)
    values = list(boxes(shown).values())[:names]
    return confirmation(client.post(address, toggled(sent, values)))


class TestTwoTabs:
    def test_two_administrateurs_apply_what_each_was_told(self) -> None:
        """Both looked at one cell; whoever comes second is told what is so, and nothing is done twice."""
        company = Company()
        other = world.administrateur(company.inscription, "Jean Second")
        first, second = browser(company.chief), browser(other)
        pages = [told(client, client.get(ROOT, {"personne": company.lila.pk})) for client in (first, second)]
        assert first.post(*pages[0]).status_code == 302
        answer = second.post(*pages[1])
        assert answer.status_code in (302, 409)
        assert Changement.objects.filter(inscription=company.inscription).count() == 1
        assert len(company.held()) == 1

    def test_a_change_applied_by_a_double_click_is_one(self) -> None:
        company = Company()
        client = browser(company.chief)
        page = told(client, client.get(ROOT, {"personne": company.lila.pk}), 3)
        answers = [client.post(*page) for _ in range(3)]
        assert {answer.status_code for answer in answers} <= {302, 409}
        assert Changement.objects.count() == 1
        assert len(company.held()) == 3

    def test_undone_by_a_double_click(self) -> None:
        company = Company()
        made = company.apply(company.wanted())
        client = browser(company.chief)
        answers = [client.post(f"{ROOT}changements/{made.pk}/annuler/") for _ in range(2)]
        assert all(answer.status_code in (302, 409) for answer in answers)
        assert company.held() == set()
        assert Changement.objects.count() == 2

    def test_an_old_page_about_somebody_who_left(self) -> None:
        company = Company()
        client = browser(company.chief)
        shown = client.get(ROOT, {"personne": company.lila.pk})
        page = told(client, shown)
        assert client.post(f"{PEOPLE}{company.lila.pk}/retirer/?vers=sans", UNDERSTOOD).status_code == 302
        answer = client.post(*page)
        assert answer.status_code in (200, 302, 409)
        assert company.held() == set()
        address, sent = page_form(shown)
        again = client.post(address, toggled(sent, list(boxes(shown).values())[:1]))
        assert again.status_code in (200, 302)
        assert company.held() == set()

    def test_a_demoted_administrateur_with_the_page_open(self) -> None:
        company = Company()
        other = world.administrateur(company.inscription, "Jean Second")
        tab = browser(other)
        page = told(tab, tab.get(ROOT, {"personne": company.lila.pk}))
        made = company.apply(company.wanted())
        assert (
            browser(company.chief).post(f"{PEOPLE}{other.pk}/role/", {"role": "declarant"}).status_code == 302
        )
        for place, sent in (page, (f"{ROOT}changements/{made.pk}/annuler/", {})):
            assert tab.post(place, sent).status_code == 403
        assert company.held() == {(company.sirets[0], "dsn")}

    def test_rights_that_were_closed_come_back_for_who_is_still_there_alone(self) -> None:
        company = Company()
        omar = world.declarant(company.inscription, "Omar Parti")
        company.apply(*[company.wanted(acteur=who) for who in (company.lila, omar)])
        gone = company.apply(*[company.wanted(False, acteur=who) for who in (company.lila, omar)])
        client = browser(company.chief)
        client.post(f"{PEOPLE}{omar.pk}/retirer/?vers={company.lila.pk}")
        answer = client.post(f"{ROOT}changements/{gone.pk}/annuler/", follow=True)
        assert answer.status_code == 200
        assert (len(company.held()), company.held(omar)) == (1, set())

    def test_a_transfer_is_not_taken_back_by_its_address(self) -> None:
        company = Company()
        omar = world.declarant(company.inscription, "Omar Parti")
        company.apply(company.wanted(acteur=omar))
        client = browser(company.chief)
        client.post(f"{PEOPLE}{omar.pk}/retirer/?vers={company.lila.pk}")
        last = Changement.objects.latest("pk")
        assert client.post(f"{ROOT}changements/{last.pk}/annuler/").status_code in (302, 409)
        assert (len(company.held()), company.held(omar)) == (1, set())


class TestSessionOver:
    def test_the_grid_gives_back_what_was_ticked(self) -> None:
        """An hour at the telephone in the middle of a page: nothing is lost, nothing is applied unseen."""
        company = Company()
        client = Client()
        typed = {name: company.chief.account.profile[name] for name in ("siret", "last_name", "first_name")}
        password = {**typed, "password": world.PASSWORD}
        assert client.post(f"{DOOR}connexion/", password).status_code == 302
        shown = client.get(ROOT, {"personne": company.lila.pk})
        address, sent = page_form(shown)
        values = list(boxes(shown).values())[:2]
        with clock.travel(dt.timedelta(hours=13)):
            lost = client.post(address, toggled(sent, values))
            assert "/connexion/" in lost["Location"]
            assert not Habilitation.objects.exists()
            back = client.post(lost["Location"], password)
            resumed = client.post(back["Location"], {"what": "later"})  # a second factor is proposed
            page = text_of(client.get(resumed["Location"]))
            fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
            again: dict[str, list[str]] = {}
            for name, value in fields:
                again.setdefault(name, []).append(value)
            place = re.findall(r'<form method="post" action="([^"]+verifier[^"]*)"', page)[0]
            preview = client.post(place, again)
            assert preview.status_code == 200
            assert client.post(*confirmation(preview)).status_code == 302
        assert len(company.held()) == 2

    def test_it_is_given_back_to_nobody_else(self) -> None:
        company = Company()
        client = browser(company.chief)
        address, sent = page_form(client.get(ROOT, {"personne": company.lila.pk}))
        rival = world.administrateur(world.company("multi"), "Malin Exemple")
        typed = {name: rival.account.profile[name] for name in ("siret", "last_name", "first_name")}
        with clock.travel(dt.timedelta(hours=13)):
            lost = client.post(address, sent)
            assert "/connexion/" in lost["Location"]
            back = client.post(lost["Location"], {**typed, "password": world.PASSWORD}, follow=True)
            kept = client.get(f"{DOOR}reprise/", follow=True)
        assert company.sirets[0] not in text_of(back) + text_of(kept)


NAMES = [
    "=HYPERLINK(1)",
    "+Un",
    "-Un",
    "@Un",
    "=cmd|x",
    '"Un',
    "#panic(Un)",
    "$Un$",
    "{{ Un }}",
    "%n Un",
    "\\Un",
]


class TestNames:
    """What one may type as a name is shown as it was typed: no formula, no markup, no source."""

    @pytest.mark.parametrize("name", NAMES)
    def test_from_the_form_to_every_file(self, name: str) -> None:
        company = Company()
        client = browser(company.chief)
        person = {"last_name": name, "first_name": name, "email": "zoe@x.example", "role": "declarant",
                  "mode": "manuel", "siret": company.sirets[0]}  # fmt: skip
        answer = client.post(f"{PEOPLE}nouveau/", person)
        assert answer.status_code == 302, text_of(answer)
        made = Acteur.objects.get(account__email="zoe@x.example")
        company.apply(company.wanted(acteur=made))
        for page in (PEOPLE, f"{PEOPLE}{made.pk}/", ROOT, f"{ROOT}recapitulatif/", f"{ROOT}historique/",
                     f"{ROOT}changements/"):  # fmt: skip
            assert client.get(page).status_code == 200
        for kind in ("recapitulatif", "historique"):
            lines = csv.reader(
                io.StringIO(whole(client.get(f"{ROOT}{kind}.csv")).decode("utf-8-sig")), delimiter=";"
            )
            cells = [cell for line in lines for cell in line]
            assert any(name in cell for cell in cells), cells
            assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
            with pikepdf.open(io.BytesIO(whole(client.get(f"{ROOT}{kind}.pdf")))) as document:
                assert len(document.pages) == 1
        assert Courrier.objects.filter(recipient="zoe@x.example").exists()

    @pytest.mark.parametrize("name", ["<b>Un</b>", "Un\u202eenu", "Un\0", "Un\u200bdeux", "1234", "..."])
    def test_what_is_no_name_is_said_so(self, name: str) -> None:
        company = Company()
        client = browser(company.chief)
        for field in ("last_name", "first_name"):
            person = {"last_name": "Bon", "first_name": "Nom", "email": "zoe@x.example", "role": "declarant",
                      "mode": "manuel", "siret": company.sirets[0], field: name}  # fmt: skip
            answer = client.post(f"{PEOPLE}nouveau/", person)
            assert answer.status_code == 422
            assert "<b>Un" not in html_of(answer)
        assert Acteur.objects.filter(inscription=company.inscription).count() == 2

    @pytest.mark.parametrize("name", NAMES)
    def test_from_the_registration_to_letter_and_report(self, name: str) -> None:
        rank = world.a_rank()
        world.put_into_register(rank, name=f"{name} SARL")
        client, siret = Client(), files.siret(rank)
        page = registrants.register(client, siret, last_name=name, first_name=name)
        report = client.get(re.sub(r"messagerie/$", "compte-rendu/", page))
        assert report["Content-Type"] == "application/pdf"
        registrants.confirm(client)
        account = Account.objects.get()
        letter = Courrier.objects.get(template="inscriptions/lettre_responsable")
        assert name in letter.body
        plis = "".join(Pli.objects.filter(box=account.subject).values_list("body", flat=True))
        assert "&#" not in letter.body + plis


class TestLimits:
    def test_filters_without_end(self) -> None:
        """As long an address as a server takes: the same few queries, and a page."""
        company = Company()
        client = browser(company.chief)
        query = "&".join(
            [*(f"personne={number}" for number in range(600)), *(f"declaration=c{n}" for n in range(300))]
        )
        for page in ("", "recapitulatif/", "recapitulatif.csv", "historique/", "qui-pouvait/", "qui-peut/"):
            assert client.get(f"{ROOT}{page}?{query}").status_code in (200, 302, 422), page
        body = "&".join(f"c={number}.0" for number in range(10_001))
        answer = client.post(CHECK, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (400, 413, 422)
        assert not Changement.objects.exists()

    @pytest.mark.parametrize(
        "text", ["\0", "+" + "9" * 30 + ".12345678901234.dsn", "+1.\0.dsn", "é" * 10_000]
    )
    def test_changes_that_no_page_sends(self, text: str) -> None:
        company = Company()
        client = browser(company.chief)
        for sent in (
            {"changements": text},
            {"changements": [f"+{company.lila.pk}.{company.sirets[0]}.dsn", text]},
            {"lignes": text, "colonnes": text, "avant": text},
            {"tout": "1", "declaration": text, "sens": text},
        ):
            answer = client.post(CHECK, sent)
            assert answer.status_code in (200, 302, 400, 422), sent
        assert not Changement.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
class TestAtOnce:
    def clients(self, *acteurs: Acteur) -> list[Any]:
        return [browser(one) for one in acteurs]

    @pytest.mark.parametrize("way", ["leave", "role", "remove", "close"])
    def test_the_last_two_administrateurs_go(self, way: str) -> None:
        """One of them stays, whichever button they press, and is told why."""
        company = Company()
        other = world.administrateur(company.inscription, "Jean Second")
        pair = (company.chief, other)
        one, two = self.clients(*pair)
        acts: dict[str, Callable[[Any, Acteur, Acteur], Answer]] = {
            "leave": lambda client, _me, _you: client.post(f"{DOOR}gestion/quitter/", UNDERSTOOD),
            "role": lambda client, me, _you: client.post(f"{PEOPLE}{me.pk}/role/", {"role": "declarant"}),
            "remove": lambda client, _me, you: client.post(
                f"{PEOPLE}{you.pk}/retirer/?vers=sans", UNDERSTOOD
            ),
            "close": lambda client, _me, _you: client.post(
                f"{DOOR}fermer-le-compte/", {"current": world.PASSWORD}
            ),
        }  # fmt: skip
        act = acts[way]
        results = at_once(lambda: act(one, *pair), lambda: act(two, *reversed(pair)))
        codes = [getattr(answer, "status_code", answer) for answer in results]
        assert all(code in (302, 403, 409, 422) for code in codes), results
        left = Acteur.objects.filter(inscription=company.inscription, ended_at=None, administrateur=True)
        assert left.count() == 1, codes

    def test_two_apply_the_same_page(self) -> None:
        company = Company()
        other = world.administrateur(company.inscription, "Jean Second")
        one, two = self.clients(company.chief, other)
        pages = [told(client, client.get(ROOT, {"personne": company.lila.pk}), 3) for client in (one, two)]
        results = at_once(lambda: one.post(*pages[0]), lambda: two.post(*pages[1]))
        assert all(answer.status_code in (302, 409) for answer in results), results
        assert len(company.held()) == 3
        assert Changement.objects.count() == 1

    def test_one_person_created_four_times_at_once(self) -> None:
        company = Company()
        other = world.administrateur(company.inscription, "Jean Second")
        person = {"last_name": "Encore", "first_name": "Ines", "email": "ines@x.example", "role": "declarant",
                  "mode": "manuel", "siret": company.sirets[0]}  # fmt: skip
        clients = self.clients(company.chief, other, company.chief, other)
        results = at_once(
            *[lambda client=client: client.post(f"{PEOPLE}nouveau/", person) for client in clients]
        )
        codes = sorted(getattr(answer, "status_code", 0) for answer in results)
        assert codes.count(302) == 1, results
        assert set(codes) <= {302, 409, 422, 503}, results
        assert Acteur.objects.filter(account__email="ines@x.example").count() == 1

    def test_one_colleague_removed_towards_two_successors(self) -> None:
        company = Company(places=2)
        other = world.administrateur(company.inscription, "Jean Second")
        heirs = [world.declarant(company.inscription) for _ in range(2)]
        company.apply(*[company.wanted(place=place) for place in range(2)])
        one, two = self.clients(company.chief, other)
        page = f"{PEOPLE}{company.lila.pk}/retirer/?vers="
        results = at_once(lambda: one.post(f"{page}{heirs[0].pk}"), lambda: two.post(f"{page}{heirs[1].pk}"))
        assert sorted(answer.status_code for answer in results) in ([302, 404], [302, 422], [302, 409]), (
            results
        )
        assert sorted(len(company.held(heir)) for heir in heirs) == [0, 2]
