"""What is forgotten, what is taken up again, what is given up, and who is told."""

import datetime as dt

import pytest

from guichet.courriers.models import Courrier
from guichet.files import operations as files
from guichet.files.models import StoredFile
from guichet.imports import operations
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import applying, running, staging
from guichet.imports.operations.progress import Tell
from guichet.imports.operations.upkeep import KEPT_ENDED, KEPT_UNDECIDED
from guichet.imports.states import Beneficiaires, Etat
from guichet.inscriptions.models import Changement
from guichet.kernel import clock
from guichet.portefeuilles.models import Portefeuille
from tests.imports import world
from tests.imports.test_life import adding, etat, held, new_places
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
ENDED = "imports/demande_terminee"


@pytest.fixture
def cabinet() -> firms.Cabinet:
    return firms.tiers(declarants=2)


@pytest.fixture
def est(cabinet: firms.Cabinet) -> Portefeuille:
    return firms.portefeuille(cabinet.inscription, "Cabinet Est")


class TestForgetting:
    def test_lines_and_file_go_and_counts_stay(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.done(est, cabinet.administrateur, adding(*new_places(2)))
        sha256, counts = made.file_sha256, made.counts
        assert made.ended_at
        kept = KEPT_ENDED - (clock.now() - made.ended_at)
        with clock.travel(kept - SECOND):
            assert operations.purge() == 0
        with clock.travel(kept + SECOND):
            assert operations.purge() == 1
            assert operations.purge() == 0
        made.refresh_from_db()
        assert (made.etat, made.counts, made.stored) == (Etat.OK, counts, None)
        assert not Ligne.objects.filter(demande=made).exists()
        assert not StoredFile.objects.filter(pk=sha256).exists()

    def test_what_nobody_validated(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        with clock.travel(KEPT_UNDECIDED - 10 * SECOND):
            assert operations.purge() == 0
        with clock.travel(KEPT_UNDECIDED):
            assert operations.purge() == 1
        assert etat(made) is Etat.SUPPRIMEE
        assert made.stored is None

    def test_where_the_inscription_ended(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        done = world.done(est, cabinet.administrateur, adding(*new_places()))
        left = world.ready(est, cabinet.administrateur, adding(*new_places()))
        cabinet.inscription.ended_at, cabinet.inscription.ended_because = clock.now(), "resiliation"
        cabinet.inscription.save()
        assert operations.purge() == 2
        assert not Ligne.objects.exists()
        assert (etat(done), etat(left)) == (Etat.OK, Etat.SUPPRIMEE)

    def test_a_file_that_is_waited_for_is_not_swept_away(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        made = world.deposited(est, cabinet.administrateur, adding(*new_places()))
        with clock.travel(dt.timedelta(days=3)):
            files.forget_unreferenced()
        operations.read(demande_id=made.pk)
        assert etat(made) is Etat.PRETE


class TestLostJobs:
    def test_what_waits_is_tried_and_the_rest_given_up(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        by, ouest = cabinet.administrateur, firms.portefeuille(cabinet.inscription, "Ouest")
        waiting = world.demande(est, by, etat=Etat.VALIDEE, validated_by=by.account.subject)
        reading, under_way = world.demande(est, by), world.demande(ouest, by, etat=Etat.EN_COURS)
        living = world.deposited(est, by, b"SIRET;1/0")
        assert operations.resume() == 3
        assert (etat(reading), etat(under_way), etat(living)) == (Etat.REFUSEE, Etat.KO, Etat.LECTURE)
        assert people.jobs("imports.run") == [{"demande_id": str(waiting.pk)}]
        assert operations.resume() == 0

    def test_a_job_that_fails_is_tried_again_before_it_is_given_up(
        self, cabinet: firms.Cabinet, est: Portefeuille, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_args: object) -> None:
            raise ZeroDivisionError

        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        operations.validate(by=cabinet.administrateur, demande_id=made.pk)
        other = world.deposited(est, cabinet.administrateur, adding(*new_places()))
        following = world.demande(
            est, cabinet.administrateur, etat=Etat.VALIDEE, validated_at=clock.now(), content=b"SIRET;1/0"
        )
        monkeypatch.setattr(applying, "apply", broken)
        monkeypatch.setattr(staging, "stage", broken)
        for attempt, expected in ((0, Etat.EN_COURS), (running.MOST_TRIES, Etat.KO)):
            with pytest.raises(ZeroDivisionError):
                operations.run(demande_id=made.pk, attempt=attempt)
            assert etat(made) is expected
        for attempt, expected in ((0, Etat.LECTURE), (running.MOST_TRIES, Etat.REFUSEE)):
            with pytest.raises(ZeroDivisionError):
                operations.read(demande_id=other.pk, attempt=attempt)
            assert etat(other) is expected
        assert made.problem == other.problem == {"code": "broken", "params": {}}
        assert {"demande_id": str(following.pk)} in people.jobs("imports.run")
        assert held(est) == set()
        assert people.boxed(cabinet.administrateur.account, ENDED) == [ENDED]

    def test_what_was_given_up_while_it_ran_stays_given_up(
        self, cabinet: firms.Cabinet, est: Portefeuille, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that was taken for dead, and comes to its end: nothing of what it did is left."""

        def slow(demande: Demande, by: str, tell: Tell) -> Changement | None:
            changement = apply(demande, by, tell)
            running.give_up(demande.pk)
            return changement

        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        apply = applying.apply
        monkeypatch.setattr(applying, "apply", slow)
        assert world.applied(made, cabinet.administrateur).changement is None
        assert held(est) == set()


class TestAntivirus:
    @pytest.fixture(autouse=True)
    def clamd(self, settings: object) -> None:
        settings.CLAMD = "localhost:1"  # type: ignore[attr-defined]

    def test_a_file_is_read_once_its_verdict_is_there(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        made = world.deposited(est, cabinet.administrateur, adding(*new_places()))
        operations.read(demande_id=made.pk)
        assert etat(made) is Etat.LECTURE
        assert people.jobs("imports.read") == [{"demande_id": str(made.pk)}] * 2
        StoredFile.objects.update(scan="clean", scanned_at=clock.now())
        operations.read(demande_id=made.pk)
        assert etat(made) is Etat.PRETE

    def test_a_virus_is_refused(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.deposited(est, cabinet.administrateur, adding(*new_places()))
        StoredFile.objects.update(scan="infected", scanned_at=clock.now())
        operations.read(demande_id=made.pk)
        assert etat(made) is Etat.REFUSEE
        assert made.problem == {"code": "infected", "params": {}}


class TestTelling:
    def body(self, account: object, template: str) -> str:
        from guichet.courriers.models import Pli

        return Pli.objects.get(box=account.subject, template=template).body  # type: ignore[attr-defined]

    def test_everybody_concerned_once(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        by, (lila, omar) = cabinet.administrateur, cabinet.declarants
        colleague = people.administrateur(cabinet.inscription, declarant=False)
        world.done(est, by, adding(*new_places(5), "123"), name="clients.csv")
        for declarant in (lila, omar):
            assert people.boxed(declarant.account) == ["habilitations/droits_changes"]
        assert people.boxed(by.account) == people.boxed(colleague.account) == [ENDED]
        mine, theirs = self.body(by.account, ENDED), self.body(colleague.account, ENDED)
        assert "clients.csv" in mine
        assert "Ajouts : 5." in mine
        assert "Impossibles : 1." in mine
        assert people_name(by) in theirs
        assert Courrier.objects.filter(recipient=by.account.email).count() == 1

    def test_where_no_right_changed_the_administrateurs_still_know(
        self, cabinet: firms.Cabinet, est: Portefeuille
    ) -> None:
        colleague = people.administrateur(cabinet.inscription)
        world.done(est, cabinet.administrateur, adding(*new_places()), beneficiaires=Beneficiaires.PERSONNE)
        assert people.boxed(colleague.account) == [ENDED]
        assert people.boxed(cabinet.declarants[0].account) == []

    def test_who_left_meanwhile_is_told_nothing(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        operations.validate(by=cabinet.administrateur, demande_id=made.pk)
        people.ended(cabinet.administrateur)
        operations.run(demande_id=made.pk)
        assert etat(made) is Etat.OK
        assert people.boxed(cabinet.administrateur.account) == []

    def test_a_failure_says_why(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        made = world.ready(est, cabinet.administrateur, adding(*new_places()))
        operations.validate(by=cabinet.administrateur, demande_id=made.pk)
        firms.closed(est)
        operations.run(demande_id=made.pk)
        told = self.body(cabinet.administrateur.account, ENDED)
        assert "fermé" in told
        assert "Ajouts" not in told

    def test_taking_back_is_told_as_such(self, cabinet: firms.Cabinet, est: Portefeuille) -> None:
        by = cabinet.administrateur
        made = world.done(est, by, adding(*new_places()))
        back = operations.take_back(by=by, demande_id=made.pk)
        operations.read(demande_id=back.pk)
        colleague = people.administrateur(cabinet.inscription, declarant=False)
        assert world.applied(Demande.objects.get(pk=back.pk), by).etat == Etat.OK
        assert "a annulé une demande" in self.body(colleague.account, ENDED)


def people_name(acteur: object) -> str:
    return str(acteur.account.profile["name"])  # type: ignore[attr-defined]
