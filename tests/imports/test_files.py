"""The report, the template, the consultation: what people download, and send back."""

from collections.abc import Iterable

import pytest

from guichet.habilitations.models import Habilitation
from guichet.imports import queries
from guichet.imports.states import Etat, Kind, Verdict
from guichet.imports.values import LineFilters
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import Cliente, Portefeuille
from tests.imports import world
from tests.imports.test_life import new_places
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms

pytestmark = pytest.mark.django_db
REPORT = ["Verdict", "Motif", "Que faire"]


@pytest.fixture
def cabinet() -> firms.Cabinet:
    return firms.tiers(declarants=2)


@pytest.fixture
def est(cabinet: firms.Cabinet) -> Portefeuille:
    return firms.portefeuille(cabinet.inscription, "Cabinet Est")


@pytest.fixture
def client(est: Portefeuille) -> Cliente:
    return firms.cliente(est, places=3, name="BOULANGERIE DU PONT")


def give(portefeuille: Portefeuille, *rights: tuple[Acteur, str, str]) -> None:
    change = firms.changement(portefeuille.inscription)
    Habilitation.objects.bulk_create(
        Habilitation(acteur=who, siret=siret, declaration=code, opened_at=change.at, opened_in=change)
        for who, siret, code in rights
    )


def report(cabinet: firms.Cabinet, content: bytes, est: Portefeuille) -> list[list[str]]:
    made = world.ready(est, cabinet.administrateur, content)
    return list(queries.report_rows(acteur=cabinet.administrateur, demande_id=made.pk))


class TestReport:
    def test_the_file_comes_back_with_its_verdicts(
        self, cabinet: firms.Cabinet, est: Portefeuille, client: Cliente
    ) -> None:
        there, [new] = firms.sirets(client)[0], new_places()
        spaced = f"{new[:9]} {new[9:]}"
        content = world.table(
            [("Remarque", "SIRET", "1/0"), ("=cmd()", spaced, 1), ("", there, 1), ("x", "123", 1)]
        )
        head, *lines = report(cabinet, content, est)
        assert head == ["Remarque", "SIRET", "1/0", *REPORT]
        assert [line[:3] for line in lines] == [
            ["=cmd()", new, "1"],  # written by a writer that neutralises formulas
            ["", there, "1"],
            ["x", "123", "1"],
        ]
        assert [line[3] for line in lines] == ["Ajout", "Déjà ainsi", "Impossible"]
        assert [bool(line[4]) for line in lines] == [False, True, True]
        assert lines[2][5], "what cannot be done says what to do"

    def test_a_file_without_a_head(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        [siret] = new_places()
        head, line = report(cabinet, world.table([(siret, 1)]), est)
        assert head == ["SIRET", "1/0", *REPORT]
        assert line[:3] == [siret, "1", "Ajout"]

    def test_it_can_be_sent_again_as_it_is(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        by, [siret] = cabinet.administrateur, new_places()
        first = world.done(est, by, world.etablissements((siret, 1), ("123", 1)))
        rows = list(queries.report_rows(acteur=by, demande_id=first.pk))
        again = world.ready(est, by, world.table(rows))
        assert (again.counts["deja"], again.counts["impossibles"]) == (1, 1)
        found = queries.demande(acteur=by, demande_id=again.pk)
        assert (found.columns_read, found.remarks) == (["SIRET", "1/0"], [])
        assert next(queries.report_rows(acteur=by, demande_id=again.pk)) == ["SIRET", "1/0", *REPORT]

    @pytest.mark.parametrize("kind", [Kind.DECLARATION, Kind.ANNULATION])
    def test_a_request_without_a_file_has_one_too(
        self, cabinet: firms.Cabinet, est: Portefeuille, kind: Kind
    ) -> None:
        firms.cliente(est, name="BOULANGERIE DU PONT")
        from guichet.imports import operations

        by = cabinet.administrateur
        if kind is Kind.DECLARATION:
            made = operations.ask_declaration(by=by, portefeuille_id=est.pk, declaration="c3s", adds=False)
        else:
            done = world.done(est, by, world.etablissements((new_places()[0], 1)))
            made = operations.take_back(by=by, demande_id=done.pk)
        operations.read(demande_id=made.pk)
        head, *lines = queries.report_rows(acteur=by, demande_id=made.pk)
        about = ["SIREN", "Entreprise"] if kind is Kind.DECLARATION else ["SIRET"]
        assert head == [*about, *REPORT]
        assert any(line[0].isdigit() for line in lines)
        assert {len(line) for line in lines} == {len(head)}


class TestTemplate:
    def rows(self, cabinet: firms.Cabinet, est: Portefeuille, kind: Kind, *, filled: bool) -> list[list[str]]:
        by = cabinet.administrateur
        return list(queries.template_rows(acteur=by, portefeuille_id=est.pk, kind=kind, filled=filled))

    def test_empty(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        assert self.rows(cabinet, est, Kind.ETABLISSEMENTS, filled=False) == [["SIRET", "1/0"]]
        [head] = self.rows(cabinet, est, Kind.HABILITATIONS, filled=False)
        assert set(head[:4]) == {"SIRET", "Nom", "Prénom", "SIRET de connexion"}
        assert len(head) == 4 + len(firms.contained(est))

    def test_filled_with_places_it_changes_nothing(
        self, cabinet: firms.Cabinet, est: Portefeuille, client: Cliente
    ) -> None:
        rows = self.rows(cabinet, est, Kind.ETABLISSEMENTS, filled=True)
        assert rows[1:] == [[siret, "1"] for siret in firms.sirets(client)]
        made = world.ready(est, cabinet.administrateur, world.table(rows))
        self.says_so_already(cabinet, made, 3)

    def test_filled_with_rights_it_changes_nothing(
        self, cabinet: firms.Cabinet, est: Portefeuille, client: Cliente
    ) -> None:
        lila, omar = cabinet.declarants
        one, two, _none = firms.sirets(client)
        give(est, (lila, one, "dsn"), (lila, one, "c3s"), (lila, two, "dsn"), (omar, two, "c3s"))
        stranger = firms.tiers().declarants[0]
        give(est, (stranger, one, "dsn"))
        rows = self.rows(cabinet, est, Kind.HABILITATIONS, filled=True)
        assert [sum(cell == "1" for cell in row) for row in rows[1:]] in ([2, 1, 1],)
        made = world.ready(est, cabinet.administrateur, world.table(rows), kind=Kind.HABILITATIONS)
        self.says_so_already(cabinet, made, 3)

    def says_so_already(self, cabinet: firms.Cabinet, made: object, number: int) -> None:
        from guichet.imports.models import Demande

        assert isinstance(made, Demande)
        assert made.etat == Etat.PRETE, made.problem
        found = queries.demande(acteur=cabinet.administrateur, demande_id=made.pk)
        assert found.verdicts == {Verdict.DEJA: number}


class TestConsultation:
    def test_who_may_file_what_for_whom(
        self, cabinet: firms.Cabinet, est: Portefeuille, client: Cliente
    ) -> None:
        lila, omar = cabinet.declarants
        ouest = firms.portefeuille(cabinet.inscription, "Cabinet Ouest")
        later = firms.cliente(ouest, name="GARAGE", starts_after=people.SECOND * 86_400 * 3)
        give(est, (lila, firms.sirets(client)[0], "dsn"), (omar, firms.sirets(later)[0], "c3s"))
        head, first, second = queries.consultation_rows(acteur=cabinet.administrateur)
        told = dict(zip(head, first, strict=True))
        assert (told["Portefeuille"], told["Entreprise"]) == ("Cabinet Est", "BOULANGERIE DU PONT")
        assert told["SIRET"] == firms.sirets(client)[0]
        assert told["Nom"] == lila.account.profile["last_name"]
        assert told["Pas avant le"] == ""
        assert second[head.index("Pas avant le")]
        one = list(queries.consultation_rows(acteur=cabinet.administrateur, portefeuille_id=est.pk))
        assert one == [head, first]

    def test_rights_that_ended_and_strangers_are_not_in_it(
        self, cabinet: firms.Cabinet, est: Portefeuille, client: Cliente
    ) -> None:
        give(est, (firms.tiers().declarants[0], firms.sirets(client)[0], "dsn"))
        assert len(list(queries.consultation_rows(acteur=cabinet.administrateur))) == 1


class TestLines:
    @pytest.fixture
    def made(self, cabinet: firms.Cabinet, est: Portefeuille) -> object:
        sirets = new_places(60)
        lines: Iterable[tuple[str, object]] = [(siret, 1) for siret in sirets]
        return world.ready(est, cabinet.administrateur, world.etablissements(*lines, ("fautif", 1)))

    def test_pages_and_filters(self, cabinet: firms.Cabinet, made: object) -> None:
        from guichet.imports.models import Demande

        assert isinstance(made, Demande)

        def page(number: int = 1, **values: str) -> list[int]:
            found = queries.lignes(
                acteur=cabinet.administrateur, demande_id=made.pk, filters=LineFilters(**values), page=number
            )
            return [line.numero for line in found.lines]

        assert page() == list(range(2, 52))
        assert page(2) == page(9) == list(range(52, 63))
        assert page(verdict="impossible") == page(search="FAUTIF") == [62]
        assert page(verdict="ajout", search="fautif") == []
        assert page(search=made.lignes.get(numero=2).siret) == [2]

    def test_filters_of_an_address(self) -> None:
        parse = LineFilters.parse
        assert parse({"verdict": "ajout", "recherche": " a  b\0 "}).query() == [
            ("verdict", "ajout"),
            ("recherche", "a b"),
        ]
        assert parse({"verdict": "n’importe quoi"}).query() == []
        assert len(parse({"recherche": "x" * 999}).search) < 999
