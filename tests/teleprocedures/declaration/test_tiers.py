"""A déclarant of a tiers déclarant with many clients: looks for the one, chooses, and files in its name."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guichet.depots.models import Depot
from guichet.depots.receipts.content import content
from guichet.depots.states import State
from guichet.habilitations import operations as habilitations
from guichet.habilitations.operations import passing
from guichet.habilitations.queries.filing import filed_somewhere, places_to_file
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.queries import name_of_company
from guichet.inscriptions.rules import Genre
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente
from guichet.teleprocedures.declaration import rights
from tests.depots.declarants import give
from tests.entreprises import files
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.teleprocedures.declaration.filer import Declarant
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cabinet() -> world.Cabinet:
    return world.tiers(declarants=1)


@pytest.fixture
def filer(cabinet: world.Cabinet) -> Declarant:
    """May transmit the DSN of the firm itself."""
    give(cabinet.declarants[0], cabinet.inscription.siret, "dsn")
    return Declarant(cabinet.declarants[0])


@pytest.fixture
def bakery(filer: Declarant, cabinet: world.Cabinet) -> Cliente:
    """The client whose DSN they transmit."""
    found = world.cliente(world.portefeuille(cabinet.inscription), name="BOULANGERIE EXEMPLE")
    give(filer.acteur, world.sirets(found)[0], "dsn")
    return found


def many(filer: Declarant, cabinet: world.Cabinet, number: int) -> list[Cliente]:
    """So many clients more, « CLIENT 000 » and on, and the right to the DSN of each."""
    there = world.portefeuille(cabinet.inscription, "Beaucoup")
    found = [world.cliente(there, name=f"CLIENT {number:03}") for number in range(number)]
    for one in found:
        give(filer.acteur, world.sirets(one)[0], "dsn")
    return found


def at_the_question(filer: Declarant) -> Depot:
    filer.begin("dsn")
    return filer.draft()


def look(filer: Declarant, draft: Depot, text: str | None = None) -> Any:
    query = {} if text is None else {"recherche": text}
    return filer.client.get(filer.at("step", draft.pk, "etablissement"), query)


def offered(page: Any) -> list[str]:
    """The SIRETs that one may choose."""
    form = page.context["form"]
    return [value for value, _label in form.fields["siret"].choices if value]


class TestInAClientsName:
    def test_the_filing_and_its_receipt_name_the_client_and_the_capacity(
        self, filer: Declarant, cabinet: world.Cabinet, bakery: Cliente
    ) -> None:
        draft = at_the_question(filer)
        filer.place(draft, world.sirets(bakery)[0])
        filer.upload(draft)
        check = text_of(filer.check(draft))
        firm = name_of_company(cabinet.inscription)
        filer.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.siren, draft.subject_name) == (
            State.CONFIRME, bakery.siren, "BOULANGERIE EXEMPLE")  # fmt: skip
        said = str(content(draft)).replace("\\xa0", " ")
        for words in ("BOULANGERIE EXEMPLE", firm, "en qualité de tiers déclarant"):
            assert words in said
        assert "BOULANGERIE EXEMPLE" in check
        assert draft.data["lieu"].split(", ")[1] == "BOULANGERIE EXEMPLE"

    @pytest.mark.usefixtures("bakery")
    def test_for_oneself_nothing_is_said_of_a_tiers(self, filer: Declarant) -> None:
        draft = filer.filed()
        assert (draft.siren, draft.capacity) == (filer.account.siren, "Déclarant habilité")

    def test_it_passes_to_who_takes_over_also_of_a_client_that_went(
        self, filer: Declarant, cabinet: world.Cabinet, bakery: Cliente
    ) -> None:
        own, strange = filer.filed(), filer.filed()
        Depot.objects.filter(pk=strange.pk).update(siren=files.siren(companies.a_rank()))
        draft = at_the_question(filer)
        filer.place(draft, world.sirets(bakery)[0])
        filer.upload(draft)
        filer.submit(draft)
        world.ended(bakery)
        boss, heir = cabinet.administrateur, companies.declarant(cabinet.inscription)
        passed = habilitations.remove(by=boss, acteur_id=filer.acteur.pk, successor_id=heir.pk)
        assert passed.filings == 2
        theirs = Depot.objects.filter(account=heir.account)
        assert {one.pk for one in theirs} == {own.pk}
        (job,) = companies.jobs("habilitations.pass_filings")
        last = companies.declarant(cabinet.inscription)
        habilitations.remove(by=boss, acteur_id=heir.pk, successor_id=last.pk)
        assert [habilitations.pass_filings(**job) for _twice in range(2)] == [1, 0]
        theirs = Depot.objects.filter(account=last.account)
        assert {one.pk for one in theirs} == {own.pk, draft.pk}

    def test_many_pass_a_portion_at_a_time(
        self,
        filer: Declarant,
        cabinet: world.Cabinet,
        bakery: Cliente,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(passing, "BATCH", 1)
        filed = [filer.filed(), filer.filed()]
        Depot.objects.filter(pk__in=[one.pk for one in filed]).update(siren=bakery.siren)
        heir = companies.declarant(cabinet.inscription)
        boss = cabinet.administrateur
        habilitations.remove(by=boss, acteur_id=filer.acteur.pk, successor_id=heir.pk)
        (job,) = companies.jobs("habilitations.pass_filings")
        assert [habilitations.pass_filings(**job) for _portion in range(3)] == [1, 1, 0]
        assert companies.jobs("habilitations.pass_filings") == [job] * 3
        assert Depot.objects.filter(account=heir.account).count() == 2

    def test_a_client_that_is_one_no_more_is_refused_at_the_last_moment(
        self, filer: Declarant, bakery: Cliente
    ) -> None:
        draft = at_the_question(filer)
        filer.place(draft, world.sirets(bakery)[0])
        filer.upload(draft)
        world.ended(bakery)
        page = filer.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON
        assert (
            rights.why_not(filer.account, "dsn", world.sirets(bakery)[0] if world.sirets(bakery) else "")
            == ""
        )
        assert page.redirect_chain[-1][0] == filer.at("step", draft.pk, "etablissement")

    def test_what_the_client_transmitted_itself_is_told_without_its_reference(
        self, filer: Declarant, bakery: Cliente
    ) -> None:
        siret = world.sirets(bakery)[0]
        own = companies.company(Genre.MONO, rank=rank_of(bakery), registered=False)
        theirs = Declarant(companies.declarant(own))
        give(theirs.acteur, siret, "dsn")
        first = theirs.filed()
        draft = at_the_question(filer)
        filer.place(draft, siret)
        filer.upload(draft)
        page = text_of(filer.check(draft))
        assert "par l’entreprise elle-même ou par un de ses tiers déclarants" in page
        assert str(first.reference) not in page


def rank_of(cliente: Cliente) -> int:
    """What ``files.siren`` made its SIREN of."""
    return int(cliente.siren[:8]) - int(files.siren(0)[:8])


class TestAFew:
    def test_a_list_of_all_with_the_clients_names(self, filer: Declarant, bakery: Cliente) -> None:
        page = look(filer, at_the_question(filer))
        assert offered(page) == [filer.acteur.siret, world.sirets(bakery)[0]]
        assert "BOULANGERIE EXEMPLE" in text_of(page)
        assert 'name="recherche"' not in text_of(page)

    def test_a_declaration_of_the_client_that_opens_later_is_not_offered_yet(
        self, filer: Declarant, cabinet: world.Cabinet
    ) -> None:
        there = world.portefeuille(cabinet.inscription)
        late = world.cliente(there, starts_after=dt.timedelta(days=3))
        give(filer.acteur, world.sirets(late)[0], "dsn")
        assert [one.siret for one in rights.places(filer.account, "dsn").places] == [filer.acteur.siret]
        with clock.travel(dt.timedelta(days=3)):
            assert len(rights.places(filer.account, "dsn").places) == 2

    def test_who_has_nothing_but_what_opens_later_is_told_when(self, cabinet: world.Cabinet) -> None:
        nobody = Declarant(cabinet.declarants[0])
        late = world.cliente(world.portefeuille(cabinet.inscription), starts_after=dt.timedelta(days=3))
        give(nobody.acteur, world.sirets(late)[0], "dsn")
        assert rights.offered(nobody.account) == {}
        page = nobody.start("dsn")
        assert page.status_code == 403
        opens = clock.now() + dt.timedelta(days=3)
        assert str(opens.astimezone(clock.PARIS).day) in text_of(page)

    @pytest.mark.parametrize("clients", [rights.MOST_LISTED - 1, rights.MOST_LISTED])
    def test_the_last_list_and_the_first_search(
        self, filer: Declarant, cabinet: world.Cabinet, clients: int
    ) -> None:
        """With the firm's own, thirty places are listed, and thirty-one are not."""
        many(filer, cabinet, clients)
        page = look(filer, at_the_question(filer))
        assert ('name="recherche"' in text_of(page)) == (clients == rights.MOST_LISTED)
        assert len(offered(page)) == (30 if clients < rights.MOST_LISTED else 0)


class TestMany:
    @pytest.fixture
    def clients(self, filer: Declarant, cabinet: world.Cabinet, bakery: Cliente) -> list[Cliente]:
        return [*many(filer, cabinet, 32), bakery]

    @pytest.mark.usefixtures("clients")
    def test_nothing_is_listed_before_one_looks(self, filer: Declarant) -> None:
        page = look(filer, at_the_question(filer))
        assert offered(page) == []
        assert "CLIENT 000" not in text_of(page)
        assert 'method="post" novalidate' not in text_of(page)

    @pytest.mark.parametrize("text", ["boulangerie", "Bôulangerie exempl", "siren", "siret", "blanks"])
    @pytest.mark.usefixtures("clients")
    def test_a_name_a_siren_or_a_siret_finds_it(self, filer: Declarant, bakery: Cliente, text: str) -> None:
        siret = world.sirets(bakery)[0]
        typed = {"siren": bakery.siren, "siret": siret, "blanks": f"{siret[:3]} {siret[3:6]} {siret[6:9]}"}
        draft = at_the_question(filer)
        page = look(filer, draft, typed.get(text, text))
        assert offered(page) == [siret]
        assert f'value="{siret}"' in text_of(page)
        assert "checked" in text_of(page)
        filer.place(draft, siret)
        filer.upload(draft)
        filer.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.subject_name) == (State.CONFIRME, "BOULANGERIE EXEMPLE")

    @pytest.mark.usefixtures("clients")
    def test_ones_own_is_found_by_the_firms_name(self, filer: Declarant) -> None:
        page = look(filer, at_the_question(filer), name_of_company(filer.acteur.inscription))
        assert offered(page) == [filer.acteur.siret]

    def test_twenty_are_shown_and_the_page_says_that_there_are_more(
        self, filer: Declarant, clients: list[Cliente]
    ) -> None:
        page = look(filer, at_the_question(filer), "client")
        assert offered(page) == [world.sirets(one)[0] for one in clients[:20]]
        assert "voici les 20 premiers" in text_of(page)
        page = look(filer, filer.draft(), "client 01")
        assert len(offered(page)) == 11  # CLIENT 001, and 010 to 019
        assert "voici les 20 premiers" not in text_of(page)

    @pytest.mark.usefixtures("clients")
    def test_what_was_chosen_stays_while_one_looks_for_another(
        self, filer: Declarant, bakery: Cliente
    ) -> None:
        draft = at_the_question(filer)
        filer.place(draft, world.sirets(bakery)[0])
        for text in (None, "client 00", "personne"):
            page = look(filer, draft, text)
            assert offered(page)[0] == world.sirets(bakery)[0]
            assert text_of(page).count("checked") == 1

    @pytest.mark.usefixtures("clients")
    def test_nobody_is_found_and_why(self, filer: Declarant) -> None:
        draft = at_the_question(filer)
        assert "Aucun établissement ne répond à" in text_of(look(filer, draft, "personne de ce nom"))
        stranger = companies.company()
        page = text_of(look(filer, draft, stranger.siret)).replace("\u00a0", " ")
        assert rights.why_not(filer.account, "dsn", stranger.siret).replace("\u00a0", " ") in page
        assert name_of_company(stranger) not in page

    @pytest.mark.parametrize("text", ["\0", "%", "_", "'", "9" * 5_000, "‮", "٢", "<script>", " "])
    @pytest.mark.usefixtures("clients")
    def test_what_nobody_looks_for(self, filer: Declarant, text: str) -> None:
        page = look(filer, at_the_question(filer), text)
        assert page.status_code == 200
        assert offered(page) == []
        assert "<script>&" not in text_of(page)

    @pytest.mark.parametrize("siret", ["", "00000000000000", "x" * 5_000])
    @pytest.mark.usefixtures("clients")
    def test_a_forged_choice_is_refused(self, filer: Declarant, siret: str) -> None:
        draft = at_the_question(filer)
        answer = filer.client.post(filer.at("step", draft.pk, "etablissement"), {"siret": siret})
        assert answer.status_code == 422
        assert 'id="id_siret_0"' in text_of(answer)  # where the summary of errors leads

    @pytest.mark.usefixtures("clients")
    def test_the_right_to_one_that_ended_meanwhile_is_told(self, filer: Declarant, bakery: Cliente) -> None:
        siret = world.sirets(bakery)[0]
        draft = at_the_question(filer)
        filer.place(draft, siret)
        world.ended(bakery)
        page = text_of(look(filer, draft)).replace("\u00a0", " ")
        assert rights.why_not(filer.account, "dsn", siret).replace("\u00a0", " ") in page

    @pytest.mark.usefixtures("clients")
    def test_ten_times_the_clients_cost_no_more_statements(
        self, filer: Declarant, cabinet: world.Cabinet
    ) -> None:
        draft, counts = at_the_question(filer), []
        there = world.portefeuille(cabinet.inscription, "Encore")
        for _ in range(2):
            with CaptureQueriesContext(connection) as statements:
                look(filer, draft, "client 01")
            counts.append(len(statements))
            for one in [world.cliente(there, name="CLIENT 01") for _ in range(30)]:
                give(filer.acteur, world.sirets(one)[0], "dsn")
        assert counts[0] == counts[1]


class TestTheQuery:
    def test_rights_of_others_places_and_declarations_are_no_ones(self, cabinet: world.Cabinet) -> None:
        anne, omar = cabinet.administrateur, cabinet.declarants[0]
        there = world.portefeuille(cabinet.inscription)
        one = world.cliente(there, places=2)
        first, second = world.sirets(one)
        give(omar, first, "dsn")
        give(omar, second, "c3s")
        give(anne, second, "dsn")
        assert found(omar, "dsn") == [first]
        assert found(omar, "c3s") == [second]
        assert found(anne, "dsn") == [second]
        assert filed_somewhere(acteur=omar, codes=["dsn", "c3s", "pasrau"]) == {"dsn", "c3s"}
        assert filed_somewhere(acteur=anne, codes=["dsn", "c3s"]) == {"dsn"}

    def test_a_place_without_its_client_its_declaration_or_its_tick_is_none(
        self, cabinet: world.Cabinet
    ) -> None:
        omar, there = cabinet.declarants[0], world.portefeuille(cabinet.inscription)
        gone, without = world.cliente(there), world.cliente(there, declarations=["c3s"])
        for siret in (world.sirets(gone)[0], world.sirets(without)[0], cabinet.inscription.siret):
            give(omar, siret, "dsn")
        assert len(found(omar, "dsn")) == 2
        world.ended(gone)
        assert found(omar, "dsn") == [cabinet.inscription.siret]
        cabinet.inscription.etablissements.update(ticked_at=None)
        assert found(omar, "dsn") == []
        assert filed_somewhere(acteur=omar, codes=["dsn"]) == set()


def found(acteur: Acteur, code: str) -> list[str]:
    return [one.siret for one in places_to_file(acteur=acteur, declaration=code, most=10)]
