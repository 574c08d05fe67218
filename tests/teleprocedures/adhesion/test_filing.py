"""One request, question by question, and the page that it gets."""

import datetime as dt

import pytest

from guichet.adhesions.models import Demande
from guichet.adhesions.operations import answer, end, lapse_overdue
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.depots.operations import start_correction
from guichet.depots.queries import is_correctable, to_correct
from guichet.depots.receipts.content import content
from guichet.depots.states import IllegalTransition
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from tests.adhesions import world
from tests.adhesions.firm import FIRM, an_abonne
from tests.teleprocedures.adhesion.cabinet import Cabinet
from tests.web.people import html_of, text_of


def demande_of(depot: Depot) -> Demande:
    return Demande.objects.select_related("depot").get(pk=depot.pk)


class TestTheQuestions:
    def test_the_start_says_what_happens_and_names_no_document(self, cabinet: Cabinet) -> None:
        page = text_of(cabinet.client.get(cabinet.at("start")))
        assert "Commencer la demande" in page
        assert "21 jours" in page
        assert "Documents" not in page

    def test_the_company_is_named_as_soon_as_its_number_is_known(self, cabinet: Cabinet) -> None:
        draft = cabinet.begin()
        cabinet.answer(draft, "entreprise", siren=f" {world.ALIVE[:3]} {world.ALIVE[3:]}")
        page = text_of(cabinet.client.get(cabinet.at("step", draft.pk, "services")))
        assert "BOULANGERIE DU PONT" in page
        assert "Déclarer et payer la TVA" in page  # the hint of the catalogue

    def test_one_that_refuses_diffusion_is_not_named(self, cabinet: Cabinet) -> None:
        draft = cabinet.begin()
        cabinet.answer(draft, "entreprise", siren=world.DISCREET)
        page = text_of(cabinet.client.get(cabinet.at("step", draft.pk, "services")))
        assert "Entreprise qui a demandé à ne pas être affichée" in page
        assert "DISCRETE" not in page

    @pytest.mark.parametrize(
        ("siren", "said"),
        [
            (world.CLOSED, "fermée"),
            (world.HOMELESS, "pas d’adresse"),
            (world.MOVED_OUT, "pas d’adresse"),
            (world.NOBODYS, "n’existe pas"),
            ("123456789", "SIREN"),
            ("", "Saisissez le numéro SIREN"),
        ],
    )
    def test_what_can_not_be_asked_is_refused_at_once_and_kept(
        self, cabinet: Cabinet, siren: str, said: str
    ) -> None:
        draft = cabinet.begin()
        answered = cabinet.answer(draft, "entreprise", siren=siren)
        assert answered.status_code == 422
        page = text_of(answered)
        assert said in page
        assert "Erreur" in page
        draft.refresh_from_db()
        assert draft.data["siren"] == siren

    def test_no_box_is_no_answer_and_no_step_is_jumped_over(self, cabinet: Cabinet) -> None:
        draft = cabinet.begin()
        cabinet.answer(draft, "entreprise", siren=world.ALIVE)
        answered = cabinet.answer(draft, "services")
        assert answered.status_code == 422
        assert "Choisissez au moins un service" in text_of(answered)
        ahead = cabinet.client.get(cabinet.at("check", draft.pk))
        assert ahead["Location"] == cabinet.at("step", draft.pk, "services")

    def test_ticked_boxes_are_ticked_when_one_comes_back(self, cabinet: Cabinet) -> None:
        draft = cabinet.ready(services=("cfe", "tva"))
        draft.refresh_from_db()
        assert draft.data["services"] == "tva,cfe"  # the catalogue's order
        page = html_of(cabinet.client.get(cabinet.at("step", draft.pk, "services")))
        assert page.count("checked") == 2

    def test_a_forged_box_is_refused(self, cabinet: Cabinet) -> None:
        draft = cabinet.begin()
        cabinet.answer(draft, "entreprise", siren=world.ALIVE)
        answered = cabinet.answer(draft, "services", services=["tva", "<b>gabelle"])
        assert answered.status_code == 422
        assert "<b>gabelle" not in html_of(answered)

    def test_one_asks_for_ones_own_company_in_a_capacity_of_its_own(self, cabinet: Cabinet) -> None:
        draft = cabinet.begin()
        cabinet.answer(draft, "entreprise", siren=FIRM)
        cabinet.answer(draft, "services", services=["tva"])
        refused = cabinet.answer(draft, "qualite", qualite="expert_comptable")
        assert refused.status_code == 422
        assert "votre propre entreprise : choisissez la qualité de qui y travaille" in text_of(refused)
        assert cabinet.answer(draft, "qualite", qualite="salarie").status_code == 302

    def test_the_recap_can_be_changed_and_the_button_names_its_effect(self, cabinet: Cabinet) -> None:
        draft = cabinet.ready()
        page = html_of(cabinet.client.get(cabinet.at("check", draft.pk)))
        assert "Transmettre la demande d’adhésion pour BOULANGERIE DU PONT" in page
        for slug in ("entreprise", "services", "qualite"):
            assert cabinet.at("step", draft.pk, slug) in page
        assert "document" not in page.lower()


class TestTheRequest:
    def test_it_counts_at_once_and_says_what_happens_next(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        assert depot.state == "confirme"
        page = text_of(cabinet.page(depot))
        assert str(depot.reference) in page
        assert "Une lettre avec un code part au siège de BOULANGERIE DU PONT" in page
        assert "Demander une autre adhésion" in page
        assert "accusé de réception" in page
        assert moment_in_words(demande_of(depot).lapses_at).replace("\u00a0", " ") in page

    def test_the_receipt_says_what_silence_means(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        given = cabinet.client.get(cabinet.at("receipt", depot.pk))
        assert given.status_code == 200
        assert given["Content-Type"] == "application/pdf"

    def test_the_firm_is_asked_for_nothing_by_a_link(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        letters = Courrier.objects.filter(about=depot.evidence, recipient=cabinet.account.email)
        assert letters
        assert not [one for one in letters if "http" in one.body or "www." in one.body]

    def test_a_second_one_for_the_same_company_is_refused_where_it_is_typed(self, cabinet: Cabinet) -> None:
        cabinet.asked()
        answered = cabinet.answer(cabinet.begin(), "entreprise", siren=world.ALIVE)
        assert "déjà une demande en attente" in text_of(answered)

    def test_an_acceptance_is_told(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        demande = demande_of(depot)
        answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
        page = text_of(cabinet.page(depot))
        assert "L’adhésion est en vigueur" in page
        assert "avec le code de la lettre" in page
        assert "Mettre fin à l’adhésion" in page

    def test_a_refusal_gives_its_reason_and_another_try(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        demande = demande_of(depot)
        answer(demande_id=demande.pk, by=world.by_code(demande), accept=False, reason="Je change de cabinet.")
        page = text_of(cabinet.page(depot))
        assert "La demande est refusée" in page
        assert "Je change de cabinet." in page
        assert "Faire une nouvelle demande" in page

    @pytest.mark.parametrize(("days", "said"), [(20, "Ce qui se passe maintenant"), (21, "caduque")])
    def test_it_lapses_after_21_days(self, cabinet: Cabinet, days: int, said: str) -> None:
        depot = cabinet.asked()
        with clock.travel(dt.timedelta(days=days)):
            lapse_overdue()
            assert said in text_of(Cabinet(cabinet.account).page(depot))  # the session is over by then

    def test_it_can_be_taken_back_once(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        asked = text_of(cabinet.client.get(cabinet.at("take_back", depot.pk)))
        assert "Retirer cette demande ?" in asked
        depot.refresh_from_db()
        assert depot.state == "confirme"  # opening a page changes nothing
        cabinet.client.post(cabinet.at("take_back", depot.pk))
        assert "Vous avez retiré cette demande" in text_of(cabinet.page(depot))
        again = cabinet.client.post(cabinet.at("take_back", depot.pk), follow=True)
        assert again.status_code == 200


class TestTheEnd:
    def accepted(self, cabinet: Cabinet) -> Depot:
        depot = cabinet.asked()
        demande = demande_of(depot)
        answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
        depot.refresh_from_db()
        return depot

    def test_it_is_asked_once_in_words(self, cabinet: Cabinet) -> None:
        depot = self.accepted(cabinet)
        page = text_of(cabinet.client.get(cabinet.at("end", depot.pk)))
        assert "Mettre fin à cette adhésion ?" in page
        assert "C’est définitif" in page
        depot.refresh_from_db()
        assert depot.state == "accepte"
        told = cabinet.client.post(cabinet.at("end", depot.pk), follow=True)
        assert "L’adhésion est terminée" in text_of(told)
        assert "Par votre cabinet" in text_of(told)

    def test_what_is_not_in_force_has_no_end(self, cabinet: Cabinet) -> None:
        depot = cabinet.asked()
        told = cabinet.client.post(cabinet.at("end", depot.pk), follow=True)
        assert "pas en vigueur" in text_of(told)
        depot.refresh_from_db()
        assert depot.state == "confirme"

    def test_a_company_that_ended_it_is_named_as_such(self, cabinet: Cabinet) -> None:
        depot = self.accepted(cabinet)
        demande = demande_of(depot)
        end(demande_id=demande.pk, by=world.by_code(demande))
        assert "Par l’entreprise, avec le code" in text_of(cabinet.page(depot))

    @pytest.mark.parametrize("name", ["end", "take_back", "depot"])
    def test_somebody_elses_is_not_there(self, cabinet: Cabinet, name: str) -> None:
        depot = self.accepted(cabinet)
        other = Cabinet(an_abonne("Omar Autre", siren="443061841"))
        for ask in (other.client.get, other.client.post):
            assert ask(other.at(name, depot.pk)).status_code in (404, 405)
        depot.refresh_from_db()
        assert depot.state == "accepte"


class TestItsWords:
    """A request is called a request wherever somebody reads of it, and its list « Mes dossiers »."""

    def test_on_its_pages(self, cabinet: Cabinet) -> None:
        draft = cabinet.ready()
        start = text_of(cabinet.client.get(cabinet.at("start")))
        assert "Vous avez une demande en préparation" in start
        assert "Reprendre cette demande" in start
        step = text_of(cabinet.client.get(cabinet.at("step", draft.pk, "services")))
        page = text_of(cabinet.page(cabinet_filed(cabinet, draft)))
        assert "Référence de votre demande" in page
        assert "Ce que contient cette demande" in page
        assert "Le service qui reçoit cette demande" in page
        for read in (start, step, page):
            assert "dépôt" not in read

    def test_on_its_receipt(self, cabinet: Cabinet) -> None:
        said = content(cabinet.asked())
        assert said["reference_label"] == "Référence de la demande"
        assert said["sections"][0]["title"] == "La demande"
        assert "a reçu cette demande" in said["opening"][-1]
        assert "dépôt" not in str(said)

    def test_in_its_messages_and_no_correction_is_spoken_of(self, cabinet: Cabinet) -> None:
        answer(demande_id=cabinet.asked().pk, by=by_letter(), accept=False, reason="Non merci.")
        refused = cabinet.asked()
        answer(demande_id=refused.pk, by=by_letter(), accept=True)
        told = Courrier.objects.filter(recipient=cabinet.account.email, template__startswith="depots/")
        subjects = {one.subject for one in told}
        assert "refus de votre demande : voici pourquoi" in subjects
        assert "réponse favorable à votre demande" in subjects
        for one in told:
            assert "dépôt" not in one.body + one.subject
            assert "corrigé" not in one.body
            assert "« Mes dossiers »" in one.body

    def test_a_refused_one_is_not_to_be_corrected(self, cabinet: Cabinet) -> None:
        asked = cabinet.asked()
        answer(demande_id=asked.pk, by=by_letter(), accept=False)
        asked.refresh_from_db()
        assert not is_correctable(asked)
        assert to_correct(account=cabinet.account, filings=[asked]) == []
        with pytest.raises(IllegalTransition):
            start_correction(account=cabinet.account, depot_id=asked.pk)


def cabinet_filed(cabinet: Cabinet, draft: Depot) -> Depot:
    """``draft``, submitted."""
    cabinet.client.post(cabinet.at("check", draft.pk), {"accepted_terms": "on"})
    draft.refresh_from_db()
    return draft


def by_letter() -> Answerer:
    """Whoever holds the newest letter."""
    return world.by_code(Demande.objects.latest("asked_at"))
