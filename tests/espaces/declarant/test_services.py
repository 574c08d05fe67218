"""Contrôle SIRET and the reference tables, as whoever acts for a company finds them."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from guichet.espaces.declarant.services import checking, reference
from guichet.espaces.declarant.services.checking import MOST, NoNumber, Standing, TooManyNumbers, numbers
from guichet.inscriptions import catalogue
from tests.entreprises import files
from tests.inscriptions import world
from tests.web.people import text_of

SIRETS = [files.siret(rank) for rank in range(600)]


class TestNumbers:
    @pytest.mark.parametrize(
        "text",
        [
            f"{SIRETS[0]}\n{SIRETS[1]}",
            f"{SIRETS[0]};{SIRETS[1]}",
            f" {SIRETS[0]} ,\t{SIRETS[1]}\r\n\r\n",
            f"{SIRETS[0]} {SIRETS[1]}",
            f"{SIRETS[0][:3]} {SIRETS[0][3:6]} {SIRETS[0][6:9]} {SIRETS[0][9:]}\n{SIRETS[1]}\n{SIRETS[0]}",
        ],
    )
    def test_however_a_list_is_pasted(self, text: str) -> None:
        assert numbers(text) == SIRETS[:2]

    @pytest.mark.parametrize("text", ["", " \n ;, ", "\t"])
    def test_nothing_is_no_number(self, text: str) -> None:
        with pytest.raises(NoNumber):
            numbers(text)

    def test_five_hundred_and_not_one_more(self) -> None:
        assert len(numbers("\n".join(SIRETS[:MOST]))) == MOST
        assert len(numbers("\n".join([*SIRETS[:MOST], *SIRETS[:MOST]]))) == MOST  # each once
        with pytest.raises(TooManyNumbers) as refused:
            numbers("\n".join(SIRETS[: MOST + 1]))
        assert "501" in str(refused.value)

    @given(st.text(max_size=200))
    def test_whatever_is_typed_is_read_or_refused(self, text: str) -> None:
        try:
            found = numbers(text)
        except NoNumber:
            return
        assert len(set(found)) == len(found)


@pytest.mark.django_db
class TestChecked:
    def test_each_is_explained_in_its_order_with_two_queries(self, django_assert_num_queries: Any) -> None:
        rank, shut = world.a_rank(), world.a_rank()
        world.put_into_register(rank, name="GARAGE DE LA PLACE")
        world.put_into_register(shut)
        world.close_place(files.siret(shut))
        wrong = files.siret(rank)[:-1] + str((int(files.siret(rank)[-1]) + 1) % 10)
        typed = [
            files.siret(shut),
            wrong,
            files.siret(rank),
            files.siret(rank, 77),
            files.siret(9_000_000),
            "abc",
        ]
        with django_assert_num_queries(2):
            found = checking.check(typed)
        assert [one.standing for one in found] == [
            Standing.CLOSED,
            Standing.INVALID,
            Standing.OPEN,
            Standing.UNKNOWN,
            Standing.UNKNOWN,
            Standing.INVALID,
        ]
        assert found[2].name == "GARAGE DE LA PLACE"
        assert "entreprise est connue" in found[3].explained
        assert "ni cet établissement ni cette entreprise" in found[4].explained
        assert all(one.explained for one in found)

    def test_who_refuses_diffusion_is_withheld(self) -> None:
        rank = world.a_rank()
        world.put_into_register(rank, name="PERSONNE DISCRETE", statutDiffusionUniteLegale="P")
        [found] = checking.check([files.siret(rank)])
        assert (found.standing, found.name) == (Standing.OPEN, "Non diffusible")
        assert "DISCRETE" not in str(found)
        assert "," not in found.place

    def test_a_place_that_refuses_it_too(self) -> None:
        rank = world.a_rank()
        world.put_into_register(rank, name="SOCIETE OUVERTE")
        siret = world.put_place(rank, 2, statutDiffusionEtablissement="P")
        [found] = checking.check([siret])
        assert "SOCIETE OUVERTE" not in str(found)


@pytest.fixture
def browser(db: None) -> Client:
    """Somebody who declares for a company."""
    client = Client()
    client.force_login(world.declarant(world.company()).account)
    return client


def lines_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class TestTheCheck:
    def test_a_list_on_the_page_and_as_a_file(self, browser: Client) -> None:
        rank = world.a_rank()
        world.put_into_register(rank, name="=HYPERLINK(1)")
        typed = f"{files.siret(rank)}\n=1+1"
        page = text_of(browser.post(reverse("declarant:siret_check"), {"sirets": typed}))
        assert "2 numéros contrôlés" in page
        assert "Connu, ouvert : 1" in page
        answer = browser.post(reverse("declarant:siret_check"), {"sirets": typed, "format": "csv"})
        assert answer.headers["Content-Disposition"] == 'attachment; filename="controle-siret.csv"'
        head, first, second = lines_of(answer)
        assert head[0] == "SIRET"
        assert first[2] == "'=HYPERLINK(1)"
        assert second[0] == "'=1+1"

    def test_what_is_typed_wrong_is_told_and_kept(self, browser: Client) -> None:
        page = browser.post(reverse("declarant:siret_check"), {"sirets": " "})
        assert page.status_code == 422
        assert "au moins un SIRET" in text_of(page)
        page = browser.post(reverse("declarant:siret_check"), {"sirets": "\n".join(SIRETS)})
        assert page.status_code == 422
        assert SIRETS[599] in page.content.decode()

    def test_markup_stays_text(self, browser: Client) -> None:
        page = browser.post(reverse("declarant:siret_check"), {"sirets": "<script>alert(1)</script>"})
        assert b"<script>alert" not in page.content

    def test_five_hundred_stay_a_page(self, browser: Client) -> None:
        page = browser.post(reverse("declarant:siret_check"), {"sirets": "\n".join(SIRETS[:MOST])})
        assert page.status_code == 200
        assert "500 numéros contrôlés" in text_of(page)


class TestTables:
    def test_all_are_listed_and_open(self, browser: Client) -> None:
        page = text_of(browser.get(reverse("declarant:tables")))
        for one in reference.tables().values():
            assert reverse("declarant:table", args=[one.slug]) in page
            assert browser.get(reverse("declarant:table", args=[one.slug])).status_code == 200
            rows = one.rows()
            assert rows
            assert {len(row) for row in rows} == {len(one.columns)}

    def test_a_search_forgives_accents_and_capitals(self, browser: Client) -> None:
        address = reverse("declarant:table", args=["declarations"])
        page = text_of(browser.get(address, {"cherche": "SOLIDARITE societes"}))
        assert "1 ligne trouvée sur 8" in page
        assert "C3S" in page
        assert "DSN" not in page.partition("<tbody>")[2]
        nothing = text_of(browser.get(address, {"cherche": "licorne"}))
        assert "Aucune ligne" in nothing

    def test_the_file_has_the_lines_that_were_found(self, browser: Client) -> None:
        address = reverse("declarant:table", args=["declarations"])
        every = lines_of(browser.get(address, {"format": "csv"}))
        assert [line[1] for line in every[1:]] == list(catalogue.declarations())
        some = lines_of(browser.get(address, {"format": "csv", "cherche": "notaires"}))
        assert [line[1] for line in some] == ["Code", "crpcen"]

    def test_a_table_that_is_none(self, browser: Client) -> None:
        assert browser.get(reverse("declarant:table", args=["inconnue"])).status_code == 404

    def test_every_path_of_the_registration_is_a_line(self) -> None:
        found = reference.table("secteurs").rows()
        assert ("C3S", "c3s") in {row[:2] for row in found}
        tree = catalogue.tree()
        assert len(found) == sum(
            bool({*sector.under} & {service.code}) and bool({*service.under} & {you.code})
            for sector in tree.secteurs
            for service in tree.lies_a
            for you in tree.vous_etes
        )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["siret_check", "tables"])
def test_a_candidate_waits(name: str) -> None:
    client = Client()
    client.force_login(world.candidate(world.company()).account)
    assert client.get(reverse(f"declarant:{name}")).status_code == 302
