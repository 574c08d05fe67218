"""From a file that is sent to the report: each step, who may take it, and what it leaves."""

import datetime as dt
import uuid
from typing import Any

import pytest

from guichet.files import stores
from guichet.files.models import StoredFile
from guichet.habilitations import operations as habilitations
from guichet.habilitations.models import Habilitation
from guichet.imports import operations, queries
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import deciding, depositing, running
from guichet.imports.operations.moving import NotReady
from guichet.imports.states import Beneficiaires, Etat, Kind
from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import ActeurGone, DeclarationNotChosen, NotAdministrateur
from guichet.kernel import clock
from guichet.portefeuilles.models import EtablissementClient, Portefeuille
from guichet.portefeuilles.queries import PortefeuilleNotFound
from tests.entreprises import files as companies
from tests.imports import world
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def cabinet() -> firms.Cabinet:
    return firms.tiers(declarants=1)


@pytest.fixture
def est(cabinet: firms.Cabinet) -> Portefeuille:
    return firms.portefeuille(cabinet.inscription, "Cabinet Est")


def new_places(number: int = 1) -> list[str]:
    """Établissements of a company that nobody declares for."""
    rank = people.a_rank()
    people.put_into_register(rank, places=number)
    return [companies.siret(rank, place) for place in range(1, number + 1)]


def adding(*sirets: str) -> bytes:
    return world.etablissements(*[(siret, 1) for siret in sirets])


def held(portefeuille: Portefeuille) -> set[str]:
    rows = EtablissementClient.objects.filter(cliente__portefeuille=portefeuille, closed_at=None)
    return set(rows.values_list("siret", flat=True))


def etat(demande: Demande) -> Etat:
    demande.refresh_from_db()
    return Etat(demande.etat)


def test_a_file_is_kept_before_anything_else_and_read_by_a_job(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    content = adding(*new_places())
    made = world.deposited(est, cabinet.administrateur, content, name="C:\\Bureau\\clients\u202e.csv")
    assert stores.store().open(made.file_sha256).read() == content
    assert (made.etat, made.file_name) == (Etat.LECTURE, "clients.csv")
    assert people.jobs("imports.read") == [{"demande_id": str(made.pk)}]
    assert people.events(made.subject) == ["import.lecture"]


def test_from_the_file_to_the_end(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    first, second = new_places(2)
    made = world.ready(est, cabinet.administrateur, adding(first, second))
    assert etat(made) is Etat.PRETE
    assert (made.counts["ajouts"], made.counts["impossibles"]) == (2, 0)
    assert held(est) == set(), "nothing changes before « Valider »"

    operations.validate(by=cabinet.administrateur, demande_id=made.pk)
    assert etat(made) is Etat.VALIDEE
    assert made.validated_by == cabinet.administrateur.account.subject
    assert people.jobs("imports.run") == [{"demande_id": str(made.pk)}]

    operations.run(demande_id=made.pk)
    assert etat(made) is Etat.OK
    assert held(est) == {first, second}
    assert made.changement is not None
    assert made.changement.by == cabinet.administrateur.account.subject
    assert (made.done, made.total) == (2, 2)
    assert made.counts["droits_ouverts"] == Habilitation.objects.filter(opened_in=made.changement).count() > 0
    kinds = people.events(made.subject)
    assert kinds == ["import.lecture", "import.prete", "import.validee", "import.en_cours", "import.ok"]


def test_a_part_and_nothing(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    good, bad = new_places()[0], companies.siret(people.a_rank())
    part = world.done(est, cabinet.administrateur, adding(good, bad))
    assert part.etat == Etat.OK_PARTIEL
    assert held(est) == {good}

    nothing = world.ready(est, cabinet.administrateur, adding(bad))
    with pytest.raises(deciding.NothingToDo):
        operations.validate(by=cabinet.administrateur, demande_id=nothing.pk)
    assert etat(nothing) is Etat.PRETE


def test_what_can_be_done_no_more_when_its_turn_has_come_is_ko(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    [siret] = new_places()
    made = world.ready(est, cabinet.administrateur, adding(siret))
    operations.validate(by=cabinet.administrateur, demande_id=made.pk)
    people.close_place(siret)
    operations.run(demande_id=made.pk)
    assert etat(made) is Etat.KO
    assert made.changement is None
    assert held(est) == set()
    [line] = queries.lignes(
        acteur=cabinet.administrateur, demande_id=made.pk, filters=queries_filters()
    ).lines
    assert "fermé" in line.reasons[0]


def queries_filters(**values: str) -> Any:
    from guichet.imports.values import LineFilters

    return LineFilters(**values)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"ajouts": 3}, Etat.OK),
        ({"deja": 3}, Etat.OK),
        ({"ajouts": 3, "impossibles": 1}, Etat.OK_PARTIEL),
        ({"deja": 1, "impossibles": 1}, Etat.OK_PARTIEL),
        ({"impossibles": 1}, Etat.KO),
        ({}, Etat.OK),
    ],
)
def test_what_ok_means(counts: dict[str, int], expected: Etat) -> None:
    assert running.result_of(Demande(counts=counts)) is expected


def test_one_declaration_for_a_whole_portfolio(cabinet: firms.Cabinet) -> None:
    ouest = firms.portefeuille(cabinet.inscription, "Ouest", declarations=["dsn"])
    client = firms.cliente(ouest)
    made = operations.ask_declaration(
        by=cabinet.administrateur, portefeuille_id=ouest.pk, declaration="c3s", adds=True,
        beneficiaires=Beneficiaires.PERSONNE,
    )  # fmt: skip
    operations.read(demande_id=made.pk)
    assert world.applied(made, cabinet.administrateur).etat == Etat.OK
    assert firms.codes(client) == ["c3s", "dsn"]
    assert not Habilitation.objects.exists()


def test_a_declaration_that_nobody_has(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by = cabinet.administrateur
    with pytest.raises(DeclarationNotChosen):
        operations.ask_declaration(by=by, portefeuille_id=est.pk, declaration="das2\0", adds=True)
    with pytest.raises(operations.NotInPortefeuille):
        operations.ask_declaration(by=by, portefeuille_id=est.pk, declaration="das2", adds=False)


def test_what_a_request_did_is_taken_back_once(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by, [siret] = cabinet.administrateur, new_places()
    with_it = world.done(est, by, adding(siret))
    back = operations.take_back(by=by, demande_id=with_it.pk)
    with pytest.raises(operations.AlreadyTakenBack):
        operations.take_back(by=by, demande_id=with_it.pk)
    operations.read(demande_id=back.pk)
    back.refresh_from_db()
    assert back.etat == Etat.PRETE
    assert world.applied(back, by).etat == Etat.OK
    assert held(est) == set()
    with pytest.raises(operations.AlreadyTakenBack):
        operations.take_back(by=by, demande_id=with_it.pk)


def test_what_was_undone_in_the_history_meanwhile_is_taken_back_no_more(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    """Where the history left something that could go back by now: a change is undone once."""
    by, [omar] = cabinet.administrateur, cabinet.declarants
    siret = firms.sirets(firms.cliente(est))[0]
    content = world.rights(["dsn"], (siret, omar, [1]), (siret, by, [1]))
    given = world.done(est, by, content, kind=Kind.HABILITATIONS)
    taken = world.done(est, by, content.replace(b";1\r\n", b";0\r\n"), kind=Kind.HABILITATIONS)
    assert (given.etat, taken.counts["droits_fermes"]) == (Etat.OK, 2)
    assert taken.changement_id
    back = operations.take_back(by=by, demande_id=taken.pk)
    operations.read(demande_id=back.pk)
    Acteur.objects.filter(pk=omar.pk).update(declarant=False, administrateur=True)
    undone = habilitations.undo(by=by, changement_id=taken.changement_id)
    assert (undone.changement.opened, len(undone.refused)) == (1, 1)
    Acteur.objects.filter(pk=omar.pk).update(declarant=True)
    back = world.applied(Demande.objects.get(pk=back.pk), by)
    assert (back.etat, back.problem) == (Etat.KO, {"code": "undone_otherwise", "params": {}})
    assert "historique" in queries.demande(acteur=by, demande_id=back.pk).problem


def test_a_taking_back_that_was_given_up_is_asked_for_again(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    by = cabinet.administrateur
    made = world.done(est, by, adding(*new_places()))
    operations.delete(by=by, demande_id=operations.take_back(by=by, demande_id=made.pk).pk)
    assert operations.take_back(by=by, demande_id=made.pk).undoes == made


def test_what_changed_nothing_is_not_taken_back(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by = cabinet.administrateur
    made = world.ready(est, by, adding(*new_places()))
    with pytest.raises(operations.NothingToTakeBack):
        operations.take_back(by=by, demande_id=made.pk)


def test_deleting_leaves_no_line_and_no_file(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by = cabinet.administrateur
    made = world.ready(est, by, adding(*new_places(2)))
    sha256 = made.file_sha256
    operations.validate(by=by, demande_id=made.pk)
    operations.delete(by=by, demande_id=made.pk)
    operations.delete(by=by, demande_id=made.pk)
    assert etat(made) is Etat.SUPPRIMEE
    assert not Ligne.objects.filter(demande=made).exists()
    assert not StoredFile.objects.filter(pk=sha256).exists()
    operations.run(demande_id=made.pk)
    assert etat(made) is Etat.SUPPRIMEE
    assert held(est) == set()


def test_a_file_that_two_requests_share_outlives_one_of_them(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    by, content = cabinet.administrateur, adding(*new_places())
    one, other = world.ready(est, by, content), world.ready(est, by, content)
    operations.delete(by=by, demande_id=one.pk)
    assert StoredFile.objects.filter(pk=other.file_sha256).exists()


def test_what_began_is_deleted_no_more(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by = cabinet.administrateur
    done = world.done(est, by, adding(*new_places()))
    running_one = world.demande(est, by, etat=Etat.EN_COURS)
    for begun in (done, running_one):
        with pytest.raises(operations.Begun):
            operations.delete(by=by, demande_id=begun.pk)


def test_validating_twice_is_as_once(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    by = cabinet.administrateur
    made = world.ready(est, by, adding(*new_places()))
    operations.validate(by=by, demande_id=made.pk)
    operations.validate(by=by, demande_id=made.pk)
    assert len(people.jobs("imports.run")) == 1


@pytest.mark.parametrize("where", [Etat.LECTURE, Etat.REFUSEE, Etat.OK, Etat.KO, Etat.SUPPRIMEE])
def test_only_what_is_ready_is_validated(cabinet: firms.Cabinet, est: Portefeuille, where: Etat) -> None:
    made = world.demande(est, cabinet.administrateur, etat=where, counts={"ajouts": 1})
    with pytest.raises(NotReady):
        operations.validate(by=cabinet.administrateur, demande_id=made.pk)


def test_a_file_that_cannot_be_read_is_refused_and_says_why(
    cabinet: firms.Cabinet, est: Portefeuille
) -> None:
    made = world.ready(est, cabinet.administrateur, world.table([("Chose", "Truc"), ("a", "b")]))
    assert etat(made) is Etat.REFUSEE
    assert made.ended_at is not None
    found = queries.demande(acteur=cabinet.administrateur, demande_id=made.pk)
    assert "SIRET" in found.problem
    assert not Ligne.objects.filter(demande=made).exists()


def test_an_empty_file_and_one_that_is_too_big_are_refused_at_once(
    cabinet: firms.Cabinet, est: Portefeuille, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(operations.FileEmpty):
        world.deposited(est, cabinet.administrateur, b"")
    monkeypatch.setattr(depositing, "MOST_BYTES", 10)
    world.deposited(est, cabinet.administrateur, b"SIRET;1/0\n"[:10])
    with pytest.raises(operations.FileTooBig):
        world.deposited(est, cabinet.administrateur, b"SIRET;1/0\n\n")
    assert Demande.objects.count() == 1


@pytest.mark.parametrize("kind", [Kind.DECLARATION, Kind.ANNULATION])
def test_what_no_file_asks_for(cabinet: firms.Cabinet, est: Portefeuille, kind: Kind) -> None:
    with pytest.raises(operations.NotByFile):
        world.deposited(est, cabinet.administrateur, b"x", kind=kind)


class TestWhoMay:
    def test_nobody_but_an_administrateur(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        for by, refusal in (
            (cabinet.declarants[0], NotAdministrateur),
            (people.ended(people.administrateur(cabinet.inscription)), ActeurGone),
        ):
            for act in self.acts(by, made, est):
                with pytest.raises(refusal):
                    act()

    def test_nobody_of_another_firm(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        stranger = firms.tiers().administrateur
        for act in self.acts(stranger, made, est):
            with pytest.raises((operations.DemandeNotFound, PortefeuilleNotFound)):
                act()
        assert etat(made) is Etat.PRETE

    def test_nobody_reads_them(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        for by in (cabinet.declarants[0], people.ended(people.administrateur(cabinet.inscription))):
            for read in self.reads(by, made, est):
                with pytest.raises(NotAdministrateur):
                    read()
        stranger = firms.tiers().administrateur
        assert queries.demandes(acteur=stranger).total == 0
        for read in self.reads(stranger, made, est)[1:]:
            with pytest.raises((operations.DemandeNotFound, PortefeuilleNotFound)):
                read()

    @staticmethod
    def acts(by: Any, made: Demande, est: Portefeuille) -> list[Any]:
        return [
            lambda: world.deposited(est, by, b"SIRET;1/0"),
            lambda: operations.ask_declaration(by=by, portefeuille_id=est.pk, declaration="dsn", adds=True),
            lambda: operations.take_back(by=by, demande_id=made.pk),
            lambda: operations.validate(by=by, demande_id=made.pk),
            lambda: operations.delete(by=by, demande_id=made.pk),
        ]

    @staticmethod
    def reads(by: Any, made: Demande, est: Portefeuille) -> list[Any]:
        kind = Kind.ETABLISSEMENTS
        return [
            lambda: queries.demandes(acteur=by),
            lambda: queries.demande(acteur=by, demande_id=made.pk),
            lambda: queries.lignes(acteur=by, demande_id=made.pk, filters=queries_filters()),
            lambda: queries.report_rows(acteur=by, demande_id=made.pk),
            lambda: queries.template_rows(acteur=by, portefeuille_id=est.pk, kind=kind),
            lambda: queries.consultation_rows(acteur=by, portefeuille_id=est.pk),
        ]


class TestNamedLikeAnother:
    @pytest.fixture(autouse=True)
    def ouest(self, cabinet: firms.Cabinet) -> Portefeuille:
        return firms.portefeuille(cabinet.inscription, "Cabinet Ouest")

    def test_one_is_asked_to_confirm(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        by = cabinet.administrateur
        made = world.ready(est, by, adding(*new_places()), name="cabinet_OUEST - Copie (2).csv")
        found = queries.demande(acteur=by, demande_id=made.pk)
        assert found.designates == "Cabinet Ouest"
        with pytest.raises(operations.AnotherPortefeuille, match="Cabinet Ouest"):
            operations.validate(by=by, demande_id=made.pk)
        assert etat(made) is Etat.PRETE
        assert world.applied(made, by, confirmed=True).etat == Etat.OK

    @pytest.mark.parametrize(
        "name", ["Cabinet Est.csv", "Cabinet Est (1).csv", "export du 3 mai.csv", ".csv"]
    )
    def test_else_nothing_is_asked(self, cabinet: firms.Cabinet, est: Portefeuille, name: str) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()), name=name)
        assert made.designates is None
        assert world.applied(made, cabinet.administrateur).etat == Etat.OK

    def test_the_portfolio_of_another_firm_is_none(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        firms.portefeuille(firms.tiers().inscription, "Cabinet Nord")
        made = world.deposited(est, cabinet.administrateur, b"x", name="Cabinet Nord.csv")
        assert made.designates is None

    def test_one_that_is_closed_meanwhile_is_none(
        self, cabinet: firms.Cabinet, est: Portefeuille, ouest: Portefeuille
    ) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()), name="Cabinet Ouest.csv")
        firms.closed(ouest)
        assert world.applied(made, cabinet.administrateur).etat == Etat.OK


class TestTurns:
    def validated(self, cabinet: firms.Cabinet, est: Portefeuille) -> Demande:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        return operations.validate(by=cabinet.administrateur, demande_id=made.pk)

    def test_one_waits_for_the_other_and_starts_by_itself(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        first, second = self.validated(cabinet, est), self.validated(cabinet, est)
        operations.run(demande_id=second.pk)
        assert etat(second) is Etat.VALIDEE
        found = queries.demande(acteur=cabinet.administrateur, demande_id=second.pk)
        assert found.waits_for == first.pk
        before = len(people.jobs("imports.run"))
        operations.run(demande_id=first.pk)
        assert people.jobs("imports.run")[before:] == [{"demande_id": str(second.pk)}]
        operations.run(demande_id=second.pk)
        assert etat(second) is Etat.OK

    def test_another_portfolio_of_the_firm_waits_and_keeps_no_worker(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        running = world.demande(est, cabinet.administrateur, etat=Etat.EN_COURS)
        other = self.validated(cabinet, firms.portefeuille(cabinet.inscription, "Ouest"))
        operations.run(demande_id=other.pk)
        assert etat(other) is Etat.VALIDEE
        Demande.objects.filter(pk=running.pk).update(etat=Etat.OK)
        operations.run(demande_id=other.pk)
        assert etat(other) is Etat.OK

    def test_another_firm_waits_for_nobody(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        world.demande(est, cabinet.administrateur, etat=Etat.EN_COURS)
        other = firms.tiers()
        made = self.validated(other, firms.portefeuille(other.inscription, "Est"))
        operations.run(demande_id=made.pk)
        assert etat(made) is Etat.OK

    def test_the_hours_between_two(self, cabinet: firms.Cabinet, est: Portefeuille, settings: Any) -> None:
        settings.IMPORTS_PAUSE_HOURS = 48
        operations.run(demande_id=self.validated(cabinet, est).pk)
        second = self.validated(cabinet, est)
        with clock.travel(47 * HOUR):
            operations.run(demande_id=second.pk)
            assert etat(second) is Etat.VALIDEE
            first = Demande.objects.exclude(pk=second.pk).get()
            assert first.ended_at is not None
            assert second.starts_at == first.ended_at + 48 * HOUR
        with clock.travel(48 * HOUR):
            operations.run(demande_id=second.pk)
        assert etat(second) is Etat.OK

    def test_what_takes_back_does_not_wait(
        self, cabinet: firms.Cabinet, est: Portefeuille, settings: Any
    ) -> None:
        settings.IMPORTS_PAUSE_HOURS = 48
        first = self.validated(cabinet, est)
        operations.run(demande_id=first.pk)
        operations.run(demande_id=self.validated(cabinet, est).pk)  # waits
        back = operations.take_back(by=cabinet.administrateur, demande_id=first.pk)
        operations.read(demande_id=back.pk)
        assert world.applied(back, cabinet.administrateur).etat == Etat.OK


class TestOver:
    @pytest.mark.parametrize("which", ["portefeuille", "inscription"])
    def test_what_is_closed_meanwhile(self, cabinet: firms.Cabinet, est: Portefeuille, which: str) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        operations.validate(by=cabinet.administrateur, demande_id=made.pk)
        if which == "portefeuille":
            firms.closed(est)
        else:
            cabinet.inscription.ended_at, cabinet.inscription.ended_because = clock.now(), "resiliation"
            cabinet.inscription.save()
        operations.run(demande_id=made.pk)
        assert etat(made) is Etat.KO
        assert held(est) == set()

    def test_nothing_is_done_twice(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.done(est, cabinet.administrateur, adding(*new_places()))
        changement, told = made.changement_id, people.boxed(cabinet.administrateur.account)
        operations.read(demande_id=made.pk)
        operations.run(demande_id=made.pk)
        made.refresh_from_db()
        assert (made.changement_id, made.etat) == (changement, Etat.OK)
        assert people.boxed(cabinet.administrateur.account) == told

    def test_jobs_of_nothing(self) -> None:
        operations.read(demande_id=uuid.uuid4())
        operations.run(demande_id=uuid.uuid4())
