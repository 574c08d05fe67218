"""Publishing, superseding, withdrawing, as the agents' decisions call them."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from guichet.depots import operations as depots
from guichet.depots.models import DepotFile
from guichet.entreprises.rules import NON_DIFFUSIBLE
from guichet.files import operations as files
from guichet.publications import operations, queries
from guichet.publications.models import Publication, Tally
from guichet.publications.rules import Criteria
from guichet.publications.states import State
from tests.depots import factories as filers
from tests.entreprises import files as sirene
from tests.publications.factories import day, filing, published, register, siren_of

pytestmark = pytest.mark.django_db


def states() -> list[tuple[int, str]]:
    return list(Publication.objects.order_by("version").values_list("version", "state"))


def total() -> int:
    return queries.search(criteria=Criteria()).total


def test_a_filing_decided_by_an_agent_is_found_by_the_public() -> None:
    depot = filers.confirmed(filers.account())
    with transaction.atomic():
        operations.publish(depot=depots.publish(depot_id=depot.pk, actor="account:1"))
    found = queries.search(criteria=Criteria.parse({"q": "tilleul"}))
    assert [(line.name, line.closing_date) for line in found.lines] == [
        ("Les Amis du Tilleul", day("2024-12-31"))
    ]
    while filers.sent:
        filers.sent.pop().unlink(missing_ok=True)


def test_publishing_twice_is_publishing_once() -> None:
    depot = filing(1)
    assert operations.publish(depot=depot).pk == operations.publish(depot=depot).pk
    assert total() == 1


def test_two_teleprocedures_publish_for_one_date_and_the_address_stays(small: None) -> None:
    """What others link to goes on naming the accounts, whatever else is published for that date."""
    accounts = published(1)
    other = filing(1)
    other.teleprocedure = "essai_avec_fichiers"
    other.save()
    operations.publish(depot=other)
    assert states() == [(0, State.EN_VIGUEUR)] * 2
    assert total() == 2
    for version in (None, 0):
        assert queries.one(siren=siren_of(1), date=accounts.closing_date, version=version) == accounts
    found = queries.of_siren(siren=siren_of(1))
    assert found is not None
    assert len(found.exercises) == 2
    exercise = found.exercise(accounts.closing_date)
    assert exercise is not None
    assert list(exercise.versions) == [accounts]


def test_a_rectification_supersedes_its_own_teleprocedures_alone(small: None) -> None:
    other = filing(1)
    other.teleprocedure = "essai_avec_fichiers"
    other.save()
    operations.publish(depot=other)
    operations.publish(depot=filing(1))
    published(1, version=1)
    left = Publication.objects.order_by("pk").values_list("teleprocedure", "state")
    assert list(left) == [
        ("essai_avec_fichiers", State.EN_VIGUEUR),
        ("comptes_annuels", State.REMPLACEE),
        ("comptes_annuels", State.EN_VIGUEUR),
    ]


@pytest.mark.parametrize("version", [0, 1])
def test_the_database_gives_a_place_to_one_alone(version: int) -> None:
    first = published(1)
    other = filing(1, version=version)
    values = {
        field.attname: getattr(first, field.attname)
        for field in Publication._meta.concrete_fields
        if field.attname not in ("id", "depot_id", "version")
    }
    with pytest.raises(IntegrityError, match="publication_one_place" if version == 0 else "one_valid"):
        Publication.objects.create(depot=other, version=version, **values)


def test_a_rectification_takes_the_place_of_what_it_rectifies() -> None:
    first = filing(1)
    operations.publish(depot=first)
    published(1, version=1)
    operations.supersede(depot=first)  # said once more: nothing changes
    assert states() == [(0, State.REMPLACEE), (1, State.EN_VIGUEUR)]
    assert total() == 1
    shown = queries.one(siren=siren_of(1), date=day("2024-12-31"))
    assert shown is not None
    assert shown.version == 1


def test_superseding_may_come_before_publishing() -> None:
    first, second = filing(1), filing(1, version=1)
    operations.publish(depot=first)
    operations.supersede(depot=first)
    assert total() == 0
    operations.publish(depot=second)
    assert (states(), total()) == ([(0, State.REMPLACEE), (1, State.EN_VIGUEUR)], 1)


def test_what_was_withdrawn_stays_withdrawn_and_what_it_superseded_does_not_come_back() -> None:
    second = filing(1, version=1)
    published(1)
    operations.publish(depot=second)
    operations.withdraw(depot=second, reason="Erreur.")
    operations.withdraw(depot=second, reason="Un autre motif.")
    operations.supersede(depot=second)
    assert states() == [(0, State.REMPLACEE), (1, State.RETIREE)]
    assert Publication.objects.get(version=1).reason == "Erreur."
    assert total() == 0
    shown = queries.one(siren=siren_of(1), date=day("2024-12-31"))
    assert shown is not None
    assert shown.version == 1  # the trace, not the version before


def test_after_a_withdrawal_a_corrected_filing_is_published() -> None:
    first = filing(1)
    operations.publish(depot=first)
    operations.withdraw(depot=first, reason="Erreur.")
    published(1, version=1)
    assert states() == [(0, State.RETIREE), (1, State.EN_VIGUEUR)]


def test_a_superseded_version_may_be_withdrawn_too() -> None:
    first = filing(1)
    operations.publish(depot=first)
    published(1, version=1)
    operations.withdraw(depot=first, reason="Données personnelles.")
    assert states() == [(0, State.RETIREE), (1, State.EN_VIGUEUR)]
    assert total() == 1
    with pytest.raises(queries.Withdrawn):
        queries.readable(siren=siren_of(1), date=day("2024-12-31"), version=0)


def test_a_rolled_back_decision_publishes_nothing() -> None:
    depot = filing(1)
    before = queries.stamp()
    with transaction.atomic():
        operations.publish(depot=depot)
        transaction.set_rollback(True)
    assert (total(), queries.stamp()) == (0, before)


def test_there_is_nothing_to_publish_without_a_document() -> None:
    depot = filing(1)
    DepotFile.objects.filter(depot=depot).delete()
    with pytest.raises(operations.NothingToPublish):
        operations.publish(depot=depot)


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.REMPLACEE},
        {"state": State.RETIREE},
        {"ended_at": "2026-01-01T00:00Z"},
        {"closing_year": 2023},
    ],
)
def test_the_database_refuses_what_makes_no_sense(change: dict[str, Any]) -> None:
    publication = published(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(**change)


def test_the_database_refuses_two_in_force_for_one_date() -> None:
    published(1)
    newer = published(1, version=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.exclude(pk=newer.pk).update(state=State.EN_VIGUEUR, ended_at=None)


def test_a_published_document_is_never_forgotten() -> None:
    publication = published(1, content=b"%PDF-1.7 something")
    DepotFile.objects.all().delete()
    assert not files.forget(sha256=publication.stored_id)


class TestRegister:
    def test_its_data_are_those_of_the_moment(self, tmp_path: Path) -> None:
        unit = sirene.unite(1, "NOM DU REPERTOIRE", identifiantAssociation="W441000001")
        register(tmp_path, unit, places=(sirene.etablissement(1, codePostal="20600"),))
        found = published(1, "NOM DU DEPOT")
        assert (found.name, found.rna, found.postcode) == ("NOM DU DEPOT", "W441000001", "20600")
        assert (found.city, found.department) == ("NANTES", "2B")

    def test_an_association_that_it_does_not_know(self) -> None:
        found = published(1)
        assert (found.rna, found.postcode, found.city, found.department) == ("", "", "", "")

    @pytest.mark.parametrize(("category", "name"), [("9220", "NOM DU DEPOT"), ("1000", NON_DIFFUSIBLE)])
    def test_of_one_that_refuses_diffusion(self, tmp_path: Path, category: str, name: str) -> None:
        unit = sirene.unite(
            1,
            "NOM DU REPERTOIRE",
            statutDiffusion="P",
            categorieJuridique=category,
            identifiantAssociation="W441000001",
        )
        place = sirene.etablissement(1, statutDiffusion="P", codePostal="44123")
        register(tmp_path, unit, places=(place,))
        found = published(1, "NOM DU DEPOT")
        assert (found.name, found.rna, found.postcode) == (name, "", "")
        assert (found.city, found.department) == ("NANTES", "44")


class TestCounts:
    def test_folded_they_say_the_same(self) -> None:
        for rank in range(1, 4):
            published(rank)
        published(1, version=1)
        before, stamp = queries.search(criteria=Criteria()), queries.stamp()
        assert Tally.objects.count() == 5
        operations.fold_tallies()
        after = queries.search(criteria=Criteria())
        assert Tally.objects.count() == 1
        assert (after.total, after.facets) == (before.total, before.facets) == (3, before.facets)
        assert queries.stamp() != stamp

    def test_they_are_what_the_table_holds(self) -> None:
        published(1, date="2023-12-31")
        published(2)
        withdrawn = filing(3)
        operations.publish(depot=withdrawn)
        operations.withdraw(depot=withdrawn, reason="Erreur.")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT year, sum(change) FROM publications_tally GROUP BY 1 HAVING sum(change) <> 0"
                " EXCEPT SELECT closing_year, count(*) FROM publications_publication"
                " WHERE state = 'en_vigueur' GROUP BY 1"
            )
            assert cursor.fetchall() == []
