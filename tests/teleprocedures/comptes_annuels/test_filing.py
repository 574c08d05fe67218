"""Filing annual accounts, from the first question to the receipt (000, steps 6 to 8)."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from html import escape
from typing import Any
from unittest.mock import patch

import pytest

from guichet.depots import operations
from guichet.depots.models import Depot
from guichet.kernel import clock
from tests.teleprocedures.filer import PROFILE, Filer
from tests.web.people import html_of as text


def after(before: Callable[[], None], operation: Callable[..., Any]) -> Callable[..., Any]:
    """``operation``, once ``before`` has happened."""

    def both(**options: Any) -> Any:
        before()
        return operation(**options)

    return both


def filed_elsewhere(draft: Depot) -> None:
    """The same accounts, filed in another browser."""
    other = Depot.objects.get(pk=draft.pk)
    other.id, other.state, other.unique_key = uuid.uuid4(), "confirme", "2025-12-31"
    other.reference, other.verification_code = "AAAA-AAAA-AAAA", "code"
    other.submitted_at = other.expires_at = other.confirmed_at = clock.now()
    other.save(force_insert=True)


class TestTheWholeWay:
    def test_from_the_first_page_to_the_signed_receipt(self, filer: Filer) -> None:
        assert "Commencer le dépôt" in text(filer.client.get(filer.at("start")))
        draft = filer.begin()
        assert filer.client.get(filer.at("draft", draft.id)).url.endswith("/exercice/")
        assert filer.exercice(draft).url == filer.at("draft", draft.id)
        assert filer.client.get(filer.at("draft", draft.id)).url.endswith("/coordonnees/")
        assert filer.coordonnees(draft).url == filer.at("draft", draft.id)
        assert filer.client.get(filer.at("draft", draft.id)).url == filer.at("documents", draft.id)
        assert filer.upload(draft).url == filer.at("documents", draft.id) + "#contenu"
        recap = text(filer.client.get(filer.at("check", draft.id)))
        assert "Transmettre les comptes clos le 31 décembre 2025" in recap
        assert "Rien n’est encore transmis" in recap
        assert filer.submit(draft).url == filer.at("draft", draft.id)

        page = text(filer.client.get(filer.at("draft", draft.id), follow=True))
        depot = Depot.objects.get(pk=draft.id)
        assert depot.state == "a_confirmer"
        assert str(depot.reference) in page
        assert "tresorier@lavoir.example" in page

        link = filer.link(depot)
        assert "Confirmer ce dépôt" in text(filer.client.get(link))
        assert filer.client.post(link).url == link
        assert "Votre dépôt est confirmé" in text(filer.client.get(link))
        for address in (f"{link}/accuse-de-reception.pdf", filer.at("receipt", depot.id)):
            receipt = filer.client.get(address)
            assert receipt["Content-Disposition"].startswith("attachment")
            assert b"".join(receipt.streaming_content).startswith(b"%PDF-")


class TestExercice:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("31/02/2026", "février 2026 n’a que 28 jours"),
            ("31/12/1900", "antérieure à 1901"),
            ("01/01/2999", "pas encore passé"),
            ("<script>alert(1)</script>", "jour/mois/année"),
            ("", "Indiquez la date de clôture"),
            ("9" * 5000, ""),
        ],
    )
    def test_what_does_not_hold_is_explained_and_kept(self, filer: Filer, typed: str, said: str) -> None:
        draft = filer.begin()
        page = filer.exercice(draft, typed)
        assert page.status_code == 422
        assert said in text(page)
        assert "<title>Erreur" in text(page)
        again = filer.client.get(filer.at("step", draft.id, "exercice"))
        for shown in (text(page), text(again)):
            assert escape(typed[:300]) in shown
            assert "<script>alert" not in shown
        assert "checked" in text(again)

    def test_no_step_is_jumped_over(self, filer: Filer) -> None:
        draft = filer.begin()
        first = filer.at("step", draft.id, "exercice")
        for address in (
            filer.at("step", draft.id, "coordonnees"),
            filer.at("documents", draft.id),
            filer.at("check", draft.id),
        ):
            assert filer.client.get(address).url == first
            assert filer.client.post(address, {}).url == first
        assert filer.client.get(filer.at("step", draft.id, "inconnu")).status_code == 404

    def test_what_was_filed_before_is_told_as_it_stands(self, filer: Filer) -> None:
        filer.confirmed("31/12/2024")
        waiting = filer.filed("31/12/2023")
        page = text(filer.client.get(filer.at("step", filer.begin().id, "exercice")))
        assert "Comptes clos le 31 décembre 2024, déposés le" in page
        assert "Comptes clos le 31 décembre 2023, transmis le" in page
        assert f'href="{filer.at("depot", waiting.id)}">à confirmer d’abord' in page

    @pytest.mark.parametrize("many", [5, 6])
    def test_of_a_long_history_five_dates_are_told(self, filer: Filer, many: int) -> None:
        for year in range(2010, 2010 + many):
            filer.confirmed(f"31/12/{year}")
        page = text(filer.client.get(filer.at("step", filer.begin().id, "exercice")))
        assert page.count("Comptes clos le") == 5
        assert f"Comptes clos le 31 décembre {2010 + many - 1}," in page
        assert ("Voir tous vos dépôts" in page) is (many > 5)

    def test_a_second_initial_is_refused_and_one_click_makes_it_a_rectificatif(self, filer: Filer) -> None:
        filer.confirmed("31/12/2025")
        draft = filer.begin()
        page = filer.exercice(draft, "31/12/2025", "initial")
        assert page.status_code == 422
        assert 'name="nature" value="rectificatif">Déposer un rectificatif' in text(page)
        # What the button adds comes last, after the radio button that is still checked.
        pressed = {"date_cloture": "31/12/2025", "nature": ["initial", "rectificatif"]}
        assert filer.client.post(filer.at("step", draft.id, "exercice"), pressed).status_code == 302
        draft.refresh_from_db()
        assert draft.data["nature"] == "rectificatif"

    def test_a_rectificatif_of_nothing_is_refused(self, filer: Filer) -> None:
        page = filer.exercice(filer.begin(), "31/12/2025", "rectificatif")
        assert page.status_code == 422
        assert "Aucun dépôt n’a été confirmé" in text(page)

    @pytest.mark.parametrize("nature", ["initial", "rectificatif"])
    def test_a_filing_that_waits_is_to_be_confirmed_first(self, filer: Filer, nature: str) -> None:
        waiting = filer.filed("31/12/2025")
        page = filer.exercice(filer.begin(), "31/12/2025", nature)
        assert page.status_code == 422
        assert "est encore à confirmer" in text(page)
        assert f'href="{filer.at("depot", waiting.id)}">Ouvrir ce dépôt' in text(page)
        assert "Déposer un rectificatif</button>" not in text(page)

    def test_one_that_nobody_confirmed_in_time_stands_in_nobodys_way(self, filer: Filer) -> None:
        """Neither at the first step nor at the last, even before the hourly job has ended it."""
        waiting = filer.filed("31/12/2025")
        with clock.travel(dt.timedelta(days=15)):
            filer.client.force_login(filer.account)
            assert filer.submit(filer.ready("31/12/2025")).status_code == 302
        assert Depot.objects.exclude(pk=waiting.pk).get().version == 0


class TestCoordonnees:
    def test_they_are_asked_again_when_the_account_changed_meanwhile(self, filer: Filer) -> None:
        draft = filer.ready()
        filer.account.email = "nouvelle@lavoir.example"
        filer.account.save()
        page = filer.client.get(filer.at("check", draft.id), follow=True)
        assert page.request["PATH_INFO"] == filer.at("step", draft.id, "coordonnees")
        assert "ont changé" in text(page)
        filer.coordonnees(draft)
        assert filer.client.get(filer.at("check", draft.id)).status_code == 200

    def test_a_change_of_address_leads_back_to_the_draft(self, filer: Filer) -> None:
        draft = filer.begin()
        filer.exercice(draft)
        here = filer.at("step", draft.id, "coordonnees")
        way = re.search(r'href="(/association/compte/[^"]+)"', text(filer.client.get(here)))
        assert way
        answer = filer.client.post(way[1], {**PROFILE, "address": "3 quai du Lavoir"})
        assert answer.url == here
        assert "3 quai du Lavoir" in text(filer.client.get(here))

    def test_only_what_was_shown_can_be_confirmed(self, filer: Filer) -> None:
        draft = filer.begin()
        filer.exercice(draft)
        forged = {"courriel": "pirate@exemple.fr", "adresse": "ailleurs"}
        page = filer.client.post(filer.at("step", draft.id, "coordonnees"), forged)
        assert page.status_code == 422
        assert "pirate" not in text(page)

    def test_an_account_without_address_is_sent_to_complete_it(self, filer: Filer) -> None:
        filer.account.profile = {"name": "Les Amis du Lavoir"}
        filer.account.save()
        draft = filer.begin()
        filer.exercice(draft)
        page = filer.coordonnees(draft)
        assert page.status_code == 422
        assert "L’adresse de votre association manque" in text(page)


class TestSubmission:
    def test_the_terms_are_accepted_or_nothing_goes(self, filer: Filer) -> None:
        draft = filer.ready()
        page = filer.client.post(filer.at("check", draft.id), {})
        assert page.status_code == 422
        assert "Cochez cette case" in text(page)
        draft.refresh_from_db()
        assert draft.state == "brouillon"

    def test_each_answer_leads_back_to_its_step(self, filer: Filer) -> None:
        draft = filer.ready()
        recap = text(filer.client.get(filer.at("check", draft.id)))
        for address in (
            filer.at("step", draft.id, "exercice"),
            filer.at("step", draft.id, "coordonnees"),
            filer.at("documents", draft.id),
        ):
            assert f'href="{address}"' in recap
        filer.exercice(draft, "30/06/2025")
        back = filer.client.get(filer.at("draft", draft.id))
        assert back.url == filer.at("check", draft.id)

    def test_twice_is_once_and_every_old_page_leads_to_the_filing(self, filer: Filer) -> None:
        draft = filer.ready()
        filer.submit(draft)
        filing = filer.at("depot", draft.id)
        assert filer.submit(draft).url == filing
        assert filer.exercice(draft, "01/01/2020").url == filing
        assert filer.upload(draft).url == filing
        for name in ("draft", "documents", "check", "discard"):
            assert filer.client.get(filer.at(name, draft.id)).url == filing
        depot = Depot.objects.get()
        assert depot.data["date_cloture"] == "2025-12-31"
        assert depot.files.filter(kind="received").count() == 1

    def test_who_comes_second_is_told_at_the_first_step(self, filer: Filer) -> None:
        """Another browser filed the same accounts while this draft was on its last page."""
        draft = filer.ready()
        with patch.object(operations, "submit", after(lambda: filed_elsewhere(draft), operations.submit)):
            answer = filer.client.post(filer.at("check", draft.id), {"accepted_terms": "on"}, follow=True)
        assert answer.request["PATH_INFO"] == filer.at("step", draft.id, "exercice")
        assert "Un dépôt existe déjà : comptes clos le 31 décembre 2025" in text(answer)
        assert "Déposer un rectificatif</button>" in text(answer)

    def test_a_rectificatif_replaces_the_version_before(self, filer: Filer) -> None:
        first = filer.confirmed()
        draft_page = filer.client.post(filer.at("rectify", first.id), follow=True)
        assert draft_page.request["PATH_INFO"].endswith("/coordonnees/")
        draft = Depot.objects.get(state="brouillon")
        filer.coordonnees(draft)
        filer.upload(draft)
        filer.submit(draft)
        filer.client.post(filer.link(draft))
        shown = text(filer.client.get(filer.at("depots")))
        assert "Rectificatif n° 1" in shown
        assert "Remplacé par un rectificatif" in shown
        assert filer.client.get(filer.at("receipt", first.id)).status_code == 200

    def test_rectifying_never_overwrites_a_draft(self, filer: Filer) -> None:
        first = filer.confirmed("31/12/2024")
        draft = filer.begin()
        filer.exercice(draft, "31/12/2025")
        page = filer.client.post(filer.at("rectify", first.id), follow=True)
        assert "déjà un dépôt en préparation" in text(page)
        draft.refresh_from_db()
        assert draft.data["date_cloture"] == "2025-12-31"

    def test_a_draft_is_given_up_once_asked(self, filer: Filer) -> None:
        draft = filer.ready()
        assert "C’est définitif" in text(filer.client.get(filer.at("discard", draft.id)))
        assert Depot.objects.get().state == "brouillon"
        filer.client.post(filer.at("discard", draft.id))
        assert "Vous n’avez encore rien déposé" in text(filer.client.get(filer.at("depots")))
        for name in ("draft", "check", "depot"):
            page = filer.client.get(filer.at(name, draft.id), follow=True)
            assert page.request["PATH_INFO"] == filer.at("depots")
