"""Activating, and what one keeps of it (002; 004, steps 3 and 4)."""

import datetime as dt
import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.test import Client

from guichet.accounts.models import Account, PendingRegistration
from guichet.courriers.models import Courrier
from guichet.entreprises.operations import import_sirene
from guichet.espaces.abonne import activation, drafts, record
from guichet.kernel import clock
from tests.espaces.abonne.people import (
    ANSWER,
    EMAIL,
    FOREIGN,
    PASSWORD,
    a_subscriber,
    activate,
    code_for,
    signed_in,
    subscribe,
)
from tests.parcours import register as sirene
from tests.web.people import Answer, text_of

pytestmark = pytest.mark.django_db
PAGE, DONE, PDF = "/abonne/activation/", "/abonne/activation/terminee/", "/abonne/formulaire-inscription.pdf"
HOURS = dt.timedelta(hours=48)


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    unites, etablissements = sirene.write(tmp_path)
    import_sirene(unites=unites, etablissements=etablissements)


def _words(answer: Answer) -> str:
    """What stands in a PDF, its blanks folded."""

    document = pypdfium2.PdfDocument(answer.content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(text.split())


class TestActivation:
    """« Saisie du code d’activation »."""

    def test_the_words_of_the_reference(self) -> None:
        page = text_of(Client().get(PAGE))
        for words in (
            "Saisie du code d’activation",
            "Veuillez saisir votre adresse électronique et le code d’activation que vous avez reçu",
            "en respectant les majuscules et les minuscules",
            "Saisissez votre identifiant",
            "Entrez le code (à 12 caractères)",
            "48 heures",
            "Demander un nouveau code",
        ):
            assert words in page

    def test_with_its_code_the_espace_is_there_with_its_number(self) -> None:
        client = Client()
        subscribe(client)
        answer = activate(client)
        account = Account.objects.get()
        page = text_of(client.get(answer["Location"]))
        assert answer["Location"] == DONE
        assert account.number == f"{account.created_at.astimezone(clock.PARIS):%Y%j}0000001"
        assert "Votre inscription a été réalisée le" in page
        assert account.number in page
        assert "Ce numéro d’abonné vous est personnel et doit le rester." in page
        assert "Sauvegardez ou imprimez votre formulaire" in page
        assert "Visualiser votre formulaire d’inscription" in page
        assert (account.siren, account.email) == (sirene.SIRENS[0], EMAIL)

    def test_the_reference_s_day(self) -> None:
        account = a_subscriber(created_at=dt.datetime(2014, 11, 1, 23, 30, tzinfo=dt.UTC))
        assert record.registered_on(account) == "2 novembre 2014"

    def test_on_another_browser_and_whatever_the_case_of_the_address(self) -> None:
        subscribe(Client())
        code = code_for()
        assert activate(Client(), email=EMAIL.upper(), code=f" {code} ")["Location"] == DONE

    def test_the_browser_that_registered_is_not_asked_for_the_password(self) -> None:
        client = Client()
        subscribe(client)
        for page in (client.get(PAGE), client.get(PAGE, {"identifiant": EMAIL})):
            assert "Votre mot de passe" not in text_of(page)
        assert activate(client, password="")["Location"] == DONE

    def test_what_a_newer_release_keeps_beside_it_disturbs_nothing(self) -> None:
        client = Client()
        subscribe(client)
        session = client.session
        session[drafts.SESSION_KEY] = [{**kept, "newer": 1} for kept in session[drafts.SESSION_KEY]]
        session.save()
        assert activate(client, password="")["Location"] == DONE

    def test_another_browser_is_asked_for_it_and_told_why(self) -> None:
        subscribe(Client())
        client = Client()
        why = "Vous n’êtes pas sur l’appareil où vous vous êtes inscrit"
        page = text_of(client.get(PAGE))
        assert why in page
        assert 'name="password"' in page
        answer = activate(client, password="")
        assert answer.status_code == 422
        assert why in text_of(answer)
        assert f'value="{code_for()}"' in text_of(answer)
        assert not Account.objects.exists()
        assert activate(client)["Location"] == DONE

    def test_a_browser_that_registered_somebody_else_is_another_one(self) -> None:
        client = Client()
        subscribe(client, email="zoe@x.example")
        subscribe(Client())
        assert 'name="password"' in text_of(client.get(PAGE, {"identifiant": EMAIL}))
        assert activate(client, password="").status_code == 422

    def test_who_registers_a_stranger_s_address_has_nobody_confirm_their_password(self) -> None:
        owner = Client()
        subscribe(owner)
        subscribe(Client(), password="hkd5qzw9ru")
        asked = activate(owner, password="")
        assert "saisissez aussi votre mot de passe" in text_of(asked)
        assert 'name="password"' in text_of(asked)
        refused = activate(owner)
        assert refused.status_code == 422
        assert 'name="password"' in text_of(refused)
        assert "recommencez votre inscription" in text_of(refused)
        assert not Account.objects.exists()
        subscribe(owner)
        assert activate(owner, password="")["Location"] == DONE
        assert Account.objects.get().check_password(PASSWORD)

    def test_the_same_code_a_second_time_leads_to_the_way_in(self) -> None:
        subscribe(Client())
        code, client = code_for(), Client()
        activate(Client(), code=code)
        answer = activate(client, code=code)
        assert answer["Location"] == "/abonne/connexion/?identifiant=lila.rosemonde%40cabinet.example"
        assert "vous pouvez vous connecter" in text_of(client.get(answer["Location"]))
        assert Account.objects.count() == 1

    @pytest.mark.parametrize("spoil", [str.swapcase, lambda code: code[:-1], lambda code: f"{code}a"])
    def test_another_code_is_refused_and_the_address_is_kept(self, spoil: object) -> None:
        subscribe(Client())
        answer = activate(Client(), code=spoil(code_for()))  # type: ignore[operator]  # a function of text
        assert answer.status_code == 422
        assert f'value="{EMAIL}"' in text_of(answer)
        assert not Account.objects.exists()

    def test_an_unknown_address_gets_the_same_answer_as_a_wrong_code(self) -> None:
        subscribe(Client())
        wrong, unknown = (
            activate(Client(), code="aaaaBBBB2222"),
            activate(Client(), "nobody@x.example", "aaaaBBBB2222"),
        )
        said = [text_of(one).partition('id="erreurs"')[2].partition("</div>")[0] for one in (wrong, unknown)]
        assert said[0] == said[1]
        assert wrong.status_code == unknown.status_code == 422

    @pytest.mark.parametrize(
        ("after", "status"), [(HOURS - dt.timedelta(seconds=5), 302), (HOURS + dt.timedelta(seconds=5), 422)]
    )
    def test_48_hours_and_not_more(self, after: dt.timedelta, status: int) -> None:
        subscribe(Client())
        with clock.travel(after):
            assert activate(Client()).status_code == status
        assert Account.objects.exists() is (status == 302)

    def test_tries_are_counted(self) -> None:
        subscribe(Client())
        code = code_for()
        answers = [activate(Client(), code="aaaaBBBB2222").status_code for _ in range(6)]
        assert answers[:5] == [422] * 5
        locked = activate(Client(), code=code)
        assert locked.status_code == 429
        assert int(locked["Retry-After"]) > 0

    def test_missing_answers_say_what_to_do(self) -> None:
        page = text_of(Client().post(PAGE))
        assert "Saisissez votre identifiant : c’est votre adresse électronique." in page
        assert "Saisissez le code d’activation reçu par courrier électronique." in page


class TestNewCode:
    """« Demander un nouveau code »."""

    def test_the_new_one_replaces_the_old_one(self) -> None:
        subscribe(Client())
        old, client = code_for(), Client()
        answer = client.post(f"{PAGE}nouveau-code/", {"email": EMAIL})
        assert answer["Location"] == PAGE
        assert "un nouveau code vient d’y être envoyé" in text_of(client.get(PAGE))
        assert code_for() != old
        assert activate(Client(), code=old).status_code == 422
        assert activate(Client()).status_code == 302

    def test_it_has_48_hours_of_its_own(self) -> None:
        subscribe(Client())
        with clock.travel(dt.timedelta(hours=47)):
            Client().post(f"{PAGE}nouveau-code/", {"email": EMAIL})
        with clock.travel(dt.timedelta(hours=94)):
            assert activate(Client()).status_code == 302

    def test_nobody_learns_who_registered(self) -> None:
        client = Client()
        answer = client.post(f"{PAGE}nouveau-code/", {"email": "nobody@x.example"})
        assert answer["Location"] == PAGE
        assert "Si une inscription attend son activation à cette adresse" in text_of(client.get(PAGE))
        assert not Courrier.objects.exists()

    def test_too_many_say_how_long_to_wait(self) -> None:
        subscribe(Client())
        answers = [Client().post(f"{PAGE}nouveau-code/", {"email": EMAIL}) for _ in range(12)]
        assert answers[-1].status_code == 429
        assert f'value="{EMAIL}"' in text_of(answers[-1])


class TestDone:
    """The page of the number, and whose it is."""

    def test_nobody_else_sees_it(self) -> None:
        client = Client()
        subscribe(client)
        activate(client)
        assert Client().get(DONE)["Location"] == "/abonne/"

    def test_after_half_an_hour_one_signs_in(self) -> None:
        client = Client()
        subscribe(client)
        activate(client)
        with clock.travel(activation.SHOWN_FOR + dt.timedelta(seconds=1)):
            assert client.get(DONE)["Location"] == "/abonne/"
            assert "/abonne/connexion/" in client.get(PDF)["Location"]

    def test_the_way_in_names_the_address(self) -> None:
        client = Client()
        subscribe(client)
        activate(client)
        page = text_of(client.get(DONE))
        assert "/abonne/connexion/?identifiant=lila.rosemonde%40cabinet.example" in page
        answer = client.post("/abonne/connexion/", {"identifier": EMAIL, "password": PASSWORD})
        assert answer["Location"] == "/abonne/second-facteur/"  # offered at the first sign-in

    def test_the_registration_is_gone(self) -> None:
        subscribe(Client())
        activate(Client())
        assert not PendingRegistration.objects.exists()


class TestForm:
    """« Visualiser votre formulaire d’inscription »."""

    def test_it_holds_what_was_said_and_no_secret(self) -> None:
        client = Client()
        subscribe(client)
        activate(client)
        words = _words(client.get(PDF))
        account = Account.objects.get()
        for said in (
            str(account.number),
            "Rosemonde",
            "Lila",
            "Madame",
            sirene.name_of(sirene.SIRENS[0]),
            EMAIL,
            "01 99 00 12 34",
            "12 bis",
            "abonne-2026-11",
        ):
            assert said in words, said
        for secret in (PASSWORD, ANSWER, "Quel objet perdu"):
            assert secret not in words
            assert secret.encode() not in client.get(PDF).content

    def test_it_is_tagged_and_says_so(self) -> None:
        content = signed_in(a_subscriber()).get(PDF).content
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Lang == "fr"
            meta = pdf.Root.Metadata.read_bytes().decode()
        assert "<pdfaid:part>2</pdfaid:part>" in meta
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in meta
        assert "<pdfuaid:part>1</pdfuaid:part>" in meta

    def test_it_has_its_number_for_a_name_and_is_kept_in_no_cache(self) -> None:
        account = a_subscriber()
        answer = signed_in(account).get(PDF)
        assert answer["Content-Type"] == "application/pdf"
        assert f"inscription-{account.number}.pdf" in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store"

    def test_a_foreign_company_and_signs_that_no_font_has(self) -> None:
        client = Client()
        subscribe(client, **FOREIGN, last_name="李 Ødegård")
        activate(client)
        words = _words(client.get(PDF))
        assert "Fiduciaire Exemple SA" in words
        assert "Belgique" in words
        assert "[U+674E] Ødegård" in words

    def test_what_looks_like_markup_is_text(self) -> None:
        profile = {**a_subscriber().profile, "city": '#panic("x") *Tours* $x$'}
        Account.objects.update(profile=profile)
        assert '#panic("x") *Tours* $x$' in _words(signed_in(Account.objects.get()).get(PDF))

    def test_it_is_its_owners_alone(self) -> None:
        client = Client()
        subscribe(client)
        activate(client)
        other = a_subscriber(identifier="zoe@x.example", email="zoe@x.example", number="20263250000009")
        client.post("/abonne/connexion/", {"identifier": other.identifier, "password": PASSWORD})
        words = _words(client.get(PDF))
        assert "zoe@x.example" in words
        assert EMAIL not in words
        assert "/abonne/connexion/" in Client().get(PDF)["Location"]
