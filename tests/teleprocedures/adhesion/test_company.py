"""The company answers by the code of its letter, or from its espace: plain people, clumsy people, thieves."""

import datetime as dt
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande
from guichet.adhesions.rules import TRIES_PER_SIREN
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import an_abonne
from tests.teleprocedures.adhesion.cabinet import Cabinet, a_browser, signed_in
from tests.web.people import html_of, text_of

CODE, DEMANDE, END, LEAVE = (
    f"/mandataires/{name}" for name in ("", "demande/", "demande/fin/", "demande/fermer/")
)
MINE = "/mandataires/entreprise/"


@pytest.fixture
def asked(asker: Account) -> Demande:
    """A request to the bakery."""
    return world.asked(asker)


def opened(demande: Demande, client: Any = None, *, code: str = "") -> Any:
    """A browser in which the letter's code has opened the request."""
    client = client or a_browser()
    answer = client.post(CODE, {"siren": demande.siren, "code": code or world.code_of(demande)})
    assert answer.status_code == 302, text_of(answer)
    return client


def state(demande: Demande) -> str:
    demande.depot.refresh_from_db()
    return str(demande.depot.state)


class TestTheCode:
    def test_the_page_says_where_it_is(self, stranger: Any) -> None:
        page = text_of(stranger.get(CODE))
        assert "Où trouver ce code ?" in page
        assert "C’est vous qui décidez" in page

    @pytest.mark.parametrize(
        "form", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "]
    )
    def test_case_blanks_and_dashes_are_forgiven(self, asked: Demande, form: Any) -> None:
        opened(asked, code=form(world.code_of(asked)))

    def test_it_never_stands_in_an_address(self, asked: Demande, stranger: Any) -> None:
        code = world.code_of(asked)
        answer = stranger.post(CODE, {"siren": asked.siren, "code": code})
        assert answer["Location"] == DEMANDE
        page = html_of(stranger.get(DEMANDE))
        assert code not in page
        assert str(asked.pk) not in page

    def test_unknown_company_and_wrong_code_are_told_the_same(self, asked: Demande, stranger: Any) -> None:
        wrong = stranger.post(CODE, {"siren": asked.siren, "code": "K7RM-3VXP-9QTC"})
        nobody = stranger.post(CODE, {"siren": world.OTHER, "code": world.code_of(asked)})
        assert wrong.status_code == nobody.status_code == 422
        said = [text_of(one).split('role="alert"')[1].split("</ul>")[0] for one in (wrong, nobody)]
        assert said[0] == said[1]

    def test_what_was_typed_is_still_there(self, asked: Demande, stranger: Any) -> None:
        page = html_of(stranger.post(CODE, {"siren": asked.siren, "code": "faux"}))
        assert asked.siren in page
        assert 'value="faux"' in page

    def test_tries_are_limited(self, asked: Demande) -> None:
        for number in range(TRIES_PER_SIREN):
            client = a_browser()
            client.post(CODE, {"siren": asked.siren, "code": "x"}, REMOTE_ADDR=f"192.0.{number}.1")
        answer = a_browser().post(CODE, {"siren": asked.siren, "code": world.code_of(asked)})
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0

    def test_no_other_page_opens_without_it(self, asked: Demande, stranger: Any) -> None:
        for address in (DEMANDE, END):
            for ask in (stranger.get, stranger.post):
                assert ask(address)["Location"] == CODE
        assert state(asked) == "confirme"

    def test_a_page_that_was_left_open_closes_by_itself(self, asked: Demande) -> None:
        client = opened(asked)
        with clock.travel(dt.timedelta(minutes=29, seconds=50)):
            assert client.get(DEMANDE).status_code == 200
        with clock.travel(dt.timedelta(minutes=30)):
            answer = client.post(DEMANDE, {"reponse": "accepter"}, follow=True)
            assert "refermée au bout de 30 minutes" in text_of(answer)
        assert state(asked) == "confirme"

    def test_it_can_be_closed(self, asked: Demande) -> None:
        client = opened(asked)
        assert client.get(LEAVE).status_code == 405
        client.post(LEAVE)
        assert client.get(DEMANDE)["Location"] == CODE

    def test_the_session_gets_a_new_key(self, asked: Demande, stranger: Any, settings: Any) -> None:
        stranger.session.save()  # whoever gave this cookie to the browser knows the key
        known = stranger.session.session_key
        stranger.cookies[settings.SESSION_COOKIE_NAME] = known
        opened(asked, stranger)
        assert stranger.session.session_key != known

    def test_pages_are_kept_by_no_cache(self, asked: Demande) -> None:
        assert "no-store" in opened(asked).get(DEMANDE)["Cache-Control"]


class TestTheAnswer:
    def test_the_page_says_who_asks_for_what_until_when(self, asked: Demande) -> None:
        page = text_of(opened(asked).get(DEMANDE))
        for words in (
            "Lila Exemple demande à agir pour votre entreprise",
            "Lila Exemple, qui dit travailler pour CABINET DU PONT",
            "Nous n’avons pas vérifié pour qui cette personne travaille",
            "BOULANGERIE DU PONT",
            "Taxe sur la valeur ajoutée (TVA)",
            "Expert-comptable",
            "Vous pouvez répondre jusqu’au",
            "Oui, j’accepte : Lila Exemple pourra dès maintenant",
            "Non, je refuse : Lila Exemple ne pourra rien faire",
        ):
            assert words in page

    def test_yes(self, asked: Demande) -> None:
        client = opened(asked)
        page = text_of(client.post(DEMANDE, {"reponse": "accepter"}, follow=True))
        assert state(asked) == "accepte"
        assert "Lila Exemple peut agir pour votre entreprise" in page
        assert "Vous pouvez y mettre fin quand vous voulez" in page

    def test_no_with_a_reason(self, asked: Demande) -> None:
        client = opened(asked)
        page = text_of(
            client.post(DEMANDE, {"reponse": "refuser", "reason": "Je ne vous connais pas."}, follow=True)
        )
        assert state(asked) == "refuse"
        assert "La demande de Lila Exemple est refusée" in page
        assert asked.depot.decision_text == "Je ne vous connais pas."

    @pytest.mark.parametrize("typed", [{}, {"reponse": ""}, {"reponse": "peut-être"}])
    def test_no_answer_is_no_answer(self, asked: Demande, typed: dict[str, str]) -> None:
        answer = opened(asked).post(DEMANDE, typed)
        assert answer.status_code == 422
        assert state(asked) == "confirme"

    def test_a_reason_that_is_too_long_is_kept_to_be_shortened(self, asked: Demande) -> None:
        answer = opened(asked).post(DEMANDE, {"reponse": "refuser", "reason": "x" * 1001})
        assert answer.status_code == 422
        assert "1000" in text_of(answer)
        assert "x" * 1001 in text_of(answer)
        assert state(asked) == "confirme"

    def test_answers_are_final(self, asked: Demande) -> None:
        client = opened(asked)
        client.post(DEMANDE, {"reponse": "refuser"})
        page = text_of(client.post(DEMANDE, {"reponse": "accepter"}))
        assert state(asked) == "refuse"
        assert "est refusée" in page

    def test_the_other_tab_was_quicker(self, asked: Demande) -> None:
        first, second = opened(asked), opened(asked)
        first.post(DEMANDE, {"reponse": "refuser"})
        assert "est refusée" in text_of(second.post(DEMANDE, {"reponse": "accepter"}))
        assert state(asked) == "refuse"

    @pytest.mark.parametrize(("seconds", "outcome"), [(-1, "accepte"), (0, "confirme")])
    def test_21_days_to_the_second(self, asked: Demande, seconds: int, outcome: str) -> None:
        with clock.travel(asked.lapses_at - clock.now() + dt.timedelta(seconds=seconds)):
            opened(asked).post(DEMANDE, {"reponse": "accepter"})
            assert state(asked) == outcome

    def test_past_the_time_the_page_says_so_before_the_job_does(self, asked: Demande) -> None:
        with clock.travel(dt.timedelta(days=21, minutes=1)):
            page = text_of(opened(asked).get(DEMANDE))
        assert "Personne n’a répondu avant le" in page
        assert "Envoyer ma réponse" not in page

    def test_a_person_s_name_is_never_markup(self) -> None:
        asker = an_abonne("<b>Lila</b>", siren="443061841")
        asker.profile |= {"company": "<script>alert(1)</script>"}
        asker.save()
        page = html_of(opened(world.asked(asker)).get(DEMANDE))
        assert "<script>alert" not in page
        assert "<b>Lila" not in page


class TestTheEndByCode:
    def accepted(self, asked: Demande) -> Any:
        client = opened(asked)
        client.post(DEMANDE, {"reponse": "accepter"})
        return client

    def test_it_is_asked_once_and_then_done(self, asked: Demande) -> None:
        client = self.accepted(asked)
        assert "C’est définitif" in text_of(client.get(END))
        assert state(asked) == "accepte"
        page = text_of(client.post(END, follow=True))
        assert state(asked) == "termine"
        assert "Lila Exemple n’agit plus pour votre entreprise" in page

    def test_the_same_letter_does_months_later(self, asked: Demande) -> None:
        code = world.code_of(asked)
        self.accepted(asked)
        with clock.travel(dt.timedelta(days=200)):
            client = opened(asked, code=code)
            client.post(END)
        assert state(asked) == "termine"

    def test_there_is_no_end_to_what_has_not_begun(self, asked: Demande) -> None:
        client = opened(asked)
        assert client.post(END)["Location"] == DEMANDE
        assert state(asked) == "confirme"

    def test_both_are_told(self, asked: Demande, asker: Account) -> None:
        self.accepted(asked).post(END)
        told = world.messages_about(asked)
        assert [one for one in told if one.recipient == asker.email and "fin" in one.subject.lower()]


class TestACompanyWithAnEspace:
    @pytest.fixture
    def company(self) -> Account:
        return world.company_account()

    @pytest.mark.usefixtures("asked")
    def test_its_home_tells_what_waits(self, company: Account) -> None:
        page = text_of(signed_in(company).get("/association/"))
        assert "Qui agit pour vous" in page
        assert "1 demande attend votre réponse" in page
        assert MINE in page

    @pytest.mark.usefixtures("asked")
    def test_it_sees_who_acts_and_who_asks(self, company: Account) -> None:
        page = text_of(signed_in(company).get(MINE))
        assert "Ils attendent votre réponse" in page
        assert "CABINET DU PONT" in page

    def test_it_answers_and_ends_without_a_code(self, asked: Demande, company: Account) -> None:
        client = signed_in(company)
        client.post(f"{MINE}{asked.pk}/", {"reponse": "accepter"})
        assert state(asked) == "accepte"
        assert "Ils agissent pour vous" in text_of(client.get(MINE))
        assert "1 professionnel agit pour vous" in text_of(client.get("/association/"))
        client.post(f"{MINE}{asked.pk}/fin/")
        assert state(asked) == "termine"
        assert "Sans effet aujourd’hui" in text_of(client.get(MINE))

    def test_nobody_acts_for_it_yet(self, company: Account) -> None:
        assert "Personne n’agit ni ne demande à agir pour vous" in text_of(signed_in(company).get(MINE))

    @pytest.mark.parametrize("tail", ["", "fin/"])
    def test_another_company_finds_nothing(self, asked: Demande, tail: str) -> None:
        other = signed_in(world.company_account(world.OTHER))
        for ask in (other.get, other.post):
            assert ask(f"{MINE}{asked.pk}/{tail}", {"reponse": "accepter"}).status_code == 404
        assert state(asked) == "confirme"

    def test_who_says_to_work_there_is_not_the_company(self, asked: Demande) -> None:
        claims = an_abonne("Impostrice Exemple", siren=world.ALIVE)
        client = signed_in(claims)
        for address in (MINE, f"{MINE}{asked.pk}/"):
            assert client.get(address).status_code == 403
        assert client.post(f"{MINE}{asked.pk}/", {"reponse": "accepter"}).status_code == 403
        assert state(asked) == "confirme"

    def test_one_signs_in_first(self, stranger: Any) -> None:
        assert "/association/connexion/" in stranger.get(MINE)["Location"]

    def test_the_firm_does_not_answer_for_its_client(self, asked: Demande, asker: Account) -> None:
        client = Cabinet(asker).client
        assert client.post(f"{MINE}{asked.pk}/", {"reponse": "accepter"}).status_code == 403
        assert state(asked) == "confirme"
