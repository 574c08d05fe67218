"""What is said of one document, one question a page (001, steps 4 and 5), and where one is taken up again."""

import json
from typing import Any

import pytest

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.kernel import clock
from guichet.teleprocedures.depot_spontane import nomenclature
from tests.espaces.prive.people import somebody
from tests.teleprocedures.depot_spontane.sender import SAID, STEPS, Sender, a_child, a_photograph
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(sender: Sender) -> Depot:
    """One document, of which nothing was said."""
    return sender.begin(1)


def up_to(sender: Sender, draft: Depot, step: str, **changes: str) -> None:
    """Answer everything that comes before ``step``."""
    for field, name in STEPS.items():
        if name == step:
            return
        sender.post(draft, name, 1, **{field: {**SAID, **changes}[field]})


def radios(page: Any) -> list[str]:
    """The values of the radio buttons of a page, in their order."""
    return [part.split('value="')[1].split('"')[0] for part in html_of(page).split('type="radio"')[1:]]


class TestTheName:
    @pytest.mark.parametrize("typed", ["RIB", "a" * 30])
    def test_three_to_thirty_characters_lead_to_the_search(
        self, sender: Sender, draft: Depot, typed: str
    ) -> None:
        answer = sender.post(draft, "name", 1, nom=typed)
        assert answer.headers["Location"] == sender.at("type", draft.pk, 1)
        assert sender.again(draft).data["nom_1"] == typed

    @pytest.mark.parametrize("typed", ["RI", "a" * 31, "<script>alert(1)</script>"])
    def test_what_does_not_hold_is_kept_and_shown_with_why(
        self, sender: Sender, draft: Depot, typed: str
    ) -> None:
        answer = sender.post(draft, "name", 1, nom=typed)
        assert answer.status_code == 422
        assert "<title>Erreur : " in html_of(answer)
        assert sender.again(draft).data["nom_1"] == typed
        for page in (answer, sender.get(draft, "name", 1), sender.get(draft, "documents")):
            assert "<script>alert" not in html_of(page)
            assert typed in text_of(page)

    def test_a_document_that_is_not_there(self, sender: Sender, draft: Depot) -> None:
        for number in (0, 2, 11):
            assert sender.get(draft, "name", number).status_code == 404
            assert sender.post(draft, "name", number, nom="relevé").status_code == 404


class TestTheType:
    def test_what_the_search_found_and_another_document_last(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "type", nom="acte de naissance")
        page = sender.get(draft, "type", 1)
        offered = radios(page)
        assert offered[-1] == "autre"
        assert offered.count("autre") == 1
        assert len(offered) > 1
        assert "naissance" in nomenclature.types()[offered[0]].label.lower()
        assert "Un autre document" in text_of(page)

    def test_where_nothing_is_found_another_document_remains(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "type", nom="zzzzxqwkj")
        page = sender.get(draft, "type", 1)
        assert radios(page) == ["autre"]
        assert "Aucun type ne correspond à « zzzzxqwkj »" in text_of(page)

    def test_one_may_search_with_other_words_on_the_same_page(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "type", nom="zzzzxqwkj")
        page = sender.client.get(sender.at("type", draft.pk, 1), {"q": "bulletin de salaire"})
        assert len(radios(page)) > 1
        chosen = radios(page)[0]
        address = f"{sender.at('type', draft.pk, 1)}?q=bulletin+de+salaire"
        assert sender.client.post(address, {"type": chosen}).status_code == 302
        assert sender.again(draft).data["type_1"] == chosen
        shown = sender.get(draft, "type", 1)  # the name finds nothing, and what was chosen is still there
        assert radios(shown) == [chosen, "autre"]
        assert html_of(shown).count(" checked") == 1

    def test_a_suggestion_that_was_chosen_is_ticked(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "type", nom="zzzzxqwkj")
        code = next(code for code in nomenclature.types() if code != "autre")
        page = sender.client.get(sender.at("type", draft.pk, 1), {"q": "zzzz", "choix": code})
        assert radios(page) == [code, "autre"]
        assert " checked" in html_of(page)
        assert "type_1" not in sender.again(draft).data

    @pytest.mark.parametrize("code", ["", "inconnu", "<b>"])
    def test_an_unknown_type_is_refused(self, sender: Sender, draft: Depot, code: str) -> None:
        up_to(sender, draft, "type")
        answer = sender.post(draft, "type", 1, type=code)
        assert answer.status_code == 422
        assert "Choisi" in text_of(answer)
        assert not sender.again(draft).data.get("type_1")

    def test_what_is_searched_for_is_never_markup(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "type")
        page = sender.client.get(sender.at("type", draft.pk, 1), {"q": '"><script>alert(1)</script>'})
        assert "<script>alert" not in html_of(page)

    def test_suggestions_for_the_script(self, sender: Sender) -> None:
        found = json.loads(sender.client.get(sender.at("suggest"), {"q": "naissance"}).content)["types"]
        assert 0 < len(found) <= 6
        assert set(found[0]) == {"code", "label"}
        for nothing in ("", " ", "zzzzxqwkj"):
            answer = sender.client.get(sender.at("suggest"), {"q": nothing})
            assert json.loads(answer.content) == {"types": []}
        assert "no-store" in answer.headers["Cache-Control"]


class TestThePerson:
    def test_oneself_the_household_and_another_person_last(self, sender: Sender, draft: Depot) -> None:
        child = a_child(sender.account)
        gone = a_child(sender.account, "Ancienne")
        gone.removed_at = clock.now()
        gone.save()
        up_to(sender, draft, "person")
        page = sender.get(draft, "person", 1)
        assert radios(page) == ["moi", str(child.pk), "autre"]
        said = text_of(page)
        assert "Vous-même : Noé Exemple" in said
        assert "Emma Exemple" in said
        assert "Ancienne" not in said

    def test_somebody_of_the_household(self, sender: Sender, draft: Depot) -> None:
        child = a_child(sender.account)
        up_to(sender, draft, "person")
        assert sender.post(draft, "person", 1, personne=str(child.pk)).status_code == 302
        assert sender.again(draft).data["personne_1"] == str(child.pk)

    def test_somebody_of_another_household_is_refused(self, sender: Sender, draft: Depot) -> None:
        stranger = a_child(somebody(identifier="autre@foyer.example", email="autre@foyer.example"))
        up_to(sender, draft, "person")
        answer = sender.post(draft, "person", 1, personne=str(stranger.pk))
        assert answer.status_code == 422
        assert not sender.again(draft).data.get("personne_1")

    @pytest.mark.parametrize("who", ["", "   ", "<i>Zoé</i>"])
    def test_another_person_is_asked_who(self, sender: Sender, draft: Depot, who: str) -> None:
        up_to(sender, draft, "person")
        answer = sender.post(draft, "person", 1, personne="autre", qui=who)
        assert answer.status_code == 422
        assert 'href="#id_qui"' in html_of(answer)

    def test_another_person_by_name(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "person")
        assert sender.post(draft, "person", 1, personne="autre", qui=" Zoé  Tiers ").status_code == 302
        assert sender.again(draft).data["qui_1"] == "Zoé Tiers"
        assert "Zoé Tiers" in text_of(sender.get(draft, "documents"))

    def test_the_name_is_asked_for_nobody_else(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "person")
        assert sender.post(draft, "person", 1, personne="moi", qui="<b>").status_code == 302
        assert sender.again(draft).data["qui_1"] == ""

    @pytest.mark.parametrize(
        ("kind", "words"),
        [("exploitant", "Vous-même ou votre exploitation"), ("employeur", "Votre entreprise")],
    )
    def test_the_company_of_who_has_one(self, kind: str, words: str) -> None:
        account: Account = somebody(kind)
        sender = Sender(account)
        draft = sender.begin(1)
        up_to(sender, draft, "person")
        page = text_of(sender.get(draft, "person", 1))
        assert words in page
        assert account.profile["company"] in page


class TestTheComment:
    @pytest.mark.parametrize("many", [1, 163])
    def test_one_to_163_characters(self, sender: Sender, draft: Depot, many: int) -> None:
        up_to(sender, draft, "comment")
        answer = sender.post(draft, "comment", 1, commentaire="é" * many)
        assert answer.headers["Location"] == sender.at("pages", draft.pk, 1)
        assert sender.again(draft).data["commentaire_1"] == "é" * many

    def test_it_is_obligatory(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "comment")
        assert sender.post(draft, "comment", 1, commentaire=" \r\n").status_code == 422
        assert sender.get(draft, "pages", 1).headers["Location"] == sender.at("comment", draft.pk, 1)

    @pytest.mark.parametrize("many", [164, 5000])
    def test_what_is_typed_beyond_is_kept_and_shown(self, sender: Sender, draft: Depot, many: int) -> None:
        up_to(sender, draft, "comment")
        answer = sender.post(draft, "comment", 1, commentaire="é" * many)
        assert answer.status_code == 422
        assert "é" * many in text_of(answer)
        assert f"Raccourcissez-le de {many - 163}" in text_of(answer)
        assert sender.again(draft).data["commentaire_1"] == "é" * many
        assert "é" * many in text_of(sender.get(draft, "comment", 1))

    def test_no_browser_cuts_it(self, sender: Sender, draft: Depot) -> None:
        up_to(sender, draft, "comment")
        page = html_of(sender.get(draft, "comment", 1))
        assert "maxlength" not in page
        assert 'data-count="163"' in page
        assert 'aria-live="polite"' in page


class TestGoingOnAndBack:
    def test_a_closed_browser_resumes_at_the_first_step_that_does_not_hold(
        self, sender: Sender, draft: Depot
    ) -> None:
        for field, step in STEPS.items():
            assert sender.get(draft, "draft").headers["Location"] == sender.at(step, draft.pk, 1)
            sender.post(draft, step, 1, **{field: SAID[field]})
        assert sender.get(draft, "draft").headers["Location"] == sender.at("pages", draft.pk, 1)
        sender.upload(draft, 1, a_photograph())
        assert sender.get(draft, "draft").headers["Location"] == sender.at("pages", draft.pk, 1)
        sender.post(draft, "complete", 1)
        assert sender.get(draft, "draft").headers["Location"] == sender.at("documents", draft.pk)

    def test_no_step_is_jumped_over(self, sender: Sender, draft: Depot) -> None:
        for step in ("type", "person", "comment", "pages"):
            assert sender.get(draft, step, 1).headers["Location"] == sender.at("name", draft.pk, 1)
        up_to(sender, draft, "person")
        for step in ("comment", "pages"):
            assert sender.get(draft, step, 1).headers["Location"] == sender.at("person", draft.pk, 1)
        assert sender.post(draft, "complete", 1).headers["Location"] == sender.at("person", draft.pk, 1)

    def test_every_step_can_be_gone_back_to_with_what_was_said(self, sender: Sender, draft: Depot) -> None:
        sender.say(draft)
        for step in STEPS.values():
            page = sender.get(draft, step, 1)
            assert page.status_code == 200
            assert "Étape précédente" in text_of(page)
        assert 'value="acte de naissance"' in html_of(sender.get(draft, "name", 1))
        assert "Pour mon dossier." in text_of(sender.get(draft, "comment", 1))
        assert " checked" in html_of(sender.get(draft, "person", 1))

    def test_a_change_leads_back_to_the_list_once_all_is_there(self, sender: Sender) -> None:
        draft = sender.ready(1)
        answer = sender.post(draft, "comment", 1, commentaire="Autre chose.")
        assert answer.headers["Location"] == sender.at("documents", draft.pk)

    def test_titles_are_unique_and_say_which_document(self, sender: Sender) -> None:
        draft = sender.ready(2)
        pages = [sender.get(draft, step, number) for number in (1, 2) for step in (*STEPS.values(), "pages")]
        pages += [sender.get(draft, "number"), sender.get(draft, "documents"), sender.get(draft, "discard")]
        titles = [html_of(page).split("<title>")[1].split("</title>")[0] for page in pages]
        assert len(set(titles)) == len(titles), titles
        assert all(html_of(page).count("<h1>") == 1 for page in pages)

    def test_a_draft_never_looks_like_a_filing(self, sender: Sender, draft: Depot) -> None:
        sender.say(draft)
        for name in (*STEPS.values(), "pages"):
            assert "n’est pas encore transmis" in text_of(sender.get(draft, name, 1))
        assert "Rien n’est encore transmis" in text_of(sender.get(draft, "documents"))


def test_somebody_elses_draft_is_not_there(sender: Sender) -> None:
    draft = sender.ready(1)
    page_id = draft.pages.get().pk
    other = Sender(somebody(identifier="autre@foyer.example", email="autre@foyer.example"))
    for name in ("draft", "number", "documents", "discard", "add_document"):
        assert other.post(draft, name).status_code in (404, 405)
        assert other.get(draft, name).status_code in (404, 405)
    for name in (*STEPS.values(), "pages", "complete", "remove_document"):
        assert other.post(draft, name, 1).status_code == 404
        assert other.get(draft, name, 1).status_code in (404, 405)
    assert other.get(draft, "page_image", 1, page_id).status_code == 404
    assert other.post(draft, "page_turn", 1, page_id).status_code == 404
    assert other.post(draft, "page_remove", 1, page_id).status_code == 404
    assert other.post(draft, "page_move", 1, page_id, "monter").status_code == 404
    assert sender.again(draft).pages.get().turn == 0
