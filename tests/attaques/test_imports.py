"""Attacks on requests by file: others' requests, ties that their client ended, files that are none."""

import re
import uuid
from typing import Any

import pytest

from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes, undo
from guichet.imports import operations
from guichet.imports.models import Demande
from guichet.imports.states import Etat, Kind
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import ending
from guichet.inscriptions.operations import people as colleagues
from guichet.portefeuilles.models import Cliente, EtablissementClient, Portefeuille
from tests.entreprises import files as companies
from tests.espaces.declarant.imports.firm import NEW, ROOT, browser, sent
from tests.imports import world
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms
from tests.web.people import html_of

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')
ACTS = ("valider/", "supprimer/", "revenir-en-arriere/")


class Firm:
    """``chief`` and ``second`` administer, ``lila`` declares; « Est » has one client."""

    def __init__(self) -> None:
        self.cabinet = firms.tiers(declarants=1)
        self.inscription = self.cabinet.inscription
        self.chief = self.cabinet.administrateur
        self.lila = self.cabinet.declarants[0]
        self.second = people.administrateur(self.inscription, "Jean Second")
        self.est = firms.portefeuille(self.inscription, "Est")
        self.rank = people.a_rank()
        self.client = firms.cliente(self.est, places=2, rank=self.rank)
        self.sirets = firms.sirets(self.client)

    def ready(self, *lines: tuple[str, object]) -> Demande:
        return world.ready(self.est, self.chief, world.etablissements(*lines))

    def held(self, portefeuille: Portefeuille | None = None) -> set[str]:
        rows = EtablissementClient.objects.filter(
            cliente__portefeuille=portefeuille or self.est, closed_at=None, cliente__closed_at=None
        )
        return set(rows.values_list("siret", flat=True))


@pytest.fixture
def firm() -> Firm:
    return Firm()


def new_place(places: int = 1) -> list[str]:
    rank = people.a_rank()
    people.put_into_register(rank, places=places)
    return [companies.siret(rank, place) for place in range(1, places + 1)]


def whole(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def etat(demande: Demande) -> Etat:
    demande.refresh_from_db()
    return Etat(demande.etat)


class TestStrangers:
    """Somebody else's request is no more than one that does not exist."""

    @pytest.mark.parametrize("what", ["", *ACTS, "fichier-annote.csv", "fichier-annote.xlsx"])
    def test_another_firms_request_answers_as_one_that_is_none(self, firm: Firm, what: str) -> None:
        rival = browser(Firm().chief)
        theirs, none = firm.ready((new_place()[0], 1)), uuid.uuid4()
        answers = []
        for pk in (theirs.pk, none):
            page = f"{ROOT}{pk}/{what}"
            answer = rival.post(page, {"confirmed": "on"}) if what in ACTS else rival.get(page)
            answers.append((answer.status_code, SECRET.sub("", html_of(answer)).replace(str(pk), "?")))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert etat(theirs) is Etat.PRETE

    def test_nothing_acts_on_get_or_without_the_forms_secret(self, firm: Firm) -> None:
        from django.test import Client

        made = firm.ready((new_place()[0], 1))
        bare: Any = Client(enforce_csrf_checks=True)
        bare.force_login(firm.chief.account)
        for what in ACTS:
            page = f"{ROOT}{made.pk}/{what}"
            assert browser(firm.chief).get(page).status_code == 405
            assert bare.post(page, {"confirmed": "on"}).status_code == 403
        assert etat(made) is Etat.PRETE

    def test_another_firms_portfolio_takes_no_file_and_gives_no_template(self, firm: Firm) -> None:
        rival = Firm()
        client = browser(rival.chief)
        for page in (
            f"{ROOT}modele/{firm.est.pk}/etablissements.csv?rempli=oui",
            f"{ROOT}modele/{firm.est.pk}/habilitations.xlsx?rempli=oui",
            f"{ROOT}habilitations/fichier/?portefeuille={firm.est.pk}",
        ):
            assert client.get(page).status_code == 404, page
        firms.portefeuille(rival.inscription, "Ouest")  # one alone is no question
        query = f"?portefeuille={firm.est.pk}&objet=etablissements&droits=tous"
        client.post(NEW + query, {"fichier": sent(world.etablissements((new_place()[0], 1)))})
        assert not Demande.objects.exists()

    def test_people_of_another_firm_get_no_right_by_their_names(self, firm: Firm) -> None:
        rival = Firm()
        profile = rival.lila.account.profile
        content = world.table(
            [
                ("SIRET", "Nom", "Prénom", "SIRET de connexion", "dsn"),
                (firm.sirets[0], profile["last_name"], profile["first_name"], rival.lila.siret, 1),
            ]
        )
        made = world.ready(firm.est, firm.chief, content, kind=Kind.HABILITATIONS)
        assert (made.counts["ajouts"], made.counts["impossibles"]) == (0, 1)
        assert not Habilitation.objects.exists()

    def test_others_clients_and_ones_own_company_are_not_taken(self, firm: Firm) -> None:
        ouest = firms.portefeuille(firm.inscription, "Ouest")
        elsewhere = firms.sirets(firms.cliente(ouest))[0]
        own = people.sirets(firm.inscription)[0]
        made = firm.ready((own, 1), (elsewhere, 1), (elsewhere, 0), (own, 0))
        assert made.counts["ajouts"] == made.counts["suppressions"] == 0
        assert made.counts["impossibles"] == 4
        theirs = firms.sirets(Firm().client)[0]
        taking = firm.ready((theirs, 0))
        assert (taking.counts["suppressions"], taking.counts["impossibles"]) == (0, 1)


class TestWhoActs:
    """Rights are those of this moment, not those of the page."""

    @pytest.mark.parametrize("how", ["role", "gone"])
    def test_an_old_tab_of_a_former_administrateur(self, firm: Firm, how: str) -> None:
        tab = browser(firm.second)
        made = firm.ready((new_place()[0], 1))
        if how == "role":
            colleagues.set_roles(
                by=firm.chief, acteur_id=firm.second.pk, administrateur=False, declarant=True
            )
        else:
            people.ended(firm.second)
        for what in ("", *ACTS):
            page = f"{ROOT}{made.pk}/{what}"
            answer = tab.post(page) if what else tab.get(page)
            assert answer.status_code in (302, 403), page
        answer = tab.post(
            f"{NEW}?portefeuille={firm.est.pk}&objet=etablissements&droits=tous",
            {"fichier": sent(world.etablissements((new_place()[0], 1)))},
        )
        assert answer.status_code in (302, 403)
        assert Demande.objects.count() == 1
        assert etat(made) is Etat.PRETE

    @pytest.mark.parametrize("where", [Etat.VALIDEE, Etat.EN_COURS])
    def test_a_firm_whose_inscription_ended(self, firm: Firm, where: Etat) -> None:
        made = firm.ready((new_place()[0], 1))
        operations.validate(by=firm.chief, demande_id=made.pk)
        Demande.objects.filter(pk=made.pk).update(etat=where)
        ending.end(inscription_id=firm.inscription.pk, because="resiliation", actor="system")
        operations.run(demande_id=made.pk)
        assert etat(made) is Etat.KO
        assert made.problem == {"code": "inscription_ended", "params": {}}

    def test_a_colleague_who_went_between_preview_and_end_gets_nothing(self, firm: Firm) -> None:
        content = world.rights(["dsn"], (firm.sirets[0], firm.lila, [1]), (firm.sirets[1], firm.chief, [1]))
        made = world.ready(firm.est, firm.chief, content, kind=Kind.HABILITATIONS)
        assert made.counts["ajouts"] == 2
        people.ended(firm.lila)
        assert world.applied(made, firm.chief).etat == Etat.OK_PARTIEL
        assert not Habilitation.objects.filter(acteur=firm.lila).exists()
        assert Habilitation.objects.filter(acteur=firm.chief).count() == 1


class TestTakenBackTwoWays:
    """By a request, and by the list of changes: once, whoever is quicker, and it is said."""

    def test_undone_while_a_taking_back_waits(self, firm: Firm) -> None:
        [siret] = new_place()
        made = world.applied(firm.ready((siret, 1)), firm.chief)
        back = operations.take_back(by=firm.chief, demande_id=made.pk)
        operations.read(demande_id=back.pk)
        assert made.changement
        undo(by=firm.second, changement_id=made.changement.pk)
        assert siret not in firm.held()
        operations.validate(by=firm.chief, demande_id=back.pk)
        operations.run(demande_id=back.pk)
        assert etat(back) is Etat.KO
        assert Changement.objects.filter(undoes=made.changement).count() == 1

    def test_undone_and_redone_while_a_taking_back_waits(self, firm: Firm) -> None:
        """The lines stand as they did: only the change that undoes it says that it was undone."""
        [siret] = new_place()
        made = world.applied(firm.ready((siret, 1)), firm.chief)
        back = operations.take_back(by=firm.chief, demande_id=made.pk)
        operations.read(demande_id=back.pk)
        assert made.changement
        undone = undo(by=firm.second, changement_id=made.changement.pk)
        undo(by=firm.second, changement_id=undone.changement.pk)
        assert siret in firm.held()
        operations.validate(by=firm.chief, demande_id=back.pk)
        operations.run(demande_id=back.pk)
        assert etat(back) is Etat.KO
        assert siret in firm.held()

    def test_undone_in_part_while_a_taking_back_waits(self, firm: Firm) -> None:
        """What the list of changes left, as a right was given since, is free by now."""
        one, two = new_place()[0], new_place()[0]
        made = world.applied(
            world.ready(firm.est, firm.chief, world.etablissements((one, 1), (two, 1)),
                        beneficiaires="personne"), firm.chief)  # fmt: skip
        given = world.done(
            firm.est, firm.chief, world.rights(["dsn"], (two, firm.lila, [1])), kind=Kind.HABILITATIONS
        )
        back = operations.take_back(by=firm.chief, demande_id=made.pk)
        operations.read(demande_id=back.pk)
        assert made.changement
        assert given.changement
        undo(by=firm.second, changement_id=made.changement.pk)
        undo(by=firm.second, changement_id=given.changement.pk)
        assert {one, two} & firm.held() == {two}
        operations.validate(by=firm.chief, demande_id=back.pk)
        operations.run(demande_id=back.pk)
        assert etat(back) is Etat.KO
        assert back.problem == {"code": "undone_otherwise", "params": {}}
        page = browser(firm.chief).get(f"{ROOT}{back.pk}/")
        assert page.status_code == 200

    def test_a_taking_back_is_taken_back_and_again(self, firm: Firm) -> None:
        [siret] = new_place()
        made, there = world.applied(firm.ready((siret, 1)), firm.chief), True
        for _ in range(3):
            made = operations.take_back(by=firm.chief, demande_id=made.pk)
            operations.read(demande_id=made.pk)
            made.refresh_from_db()
            assert world.applied(made, firm.chief).etat == Etat.OK
            there = not there
            assert (siret in firm.held()) is there


class TestEndedByTheClient:
    """Whom a client ended is kept out of its files, whichever way the firm tries."""

    @pytest.fixture
    def anne(self, firm: Firm) -> Acteur:
        inscription = people.company("mono", rank=firm.rank, registered=False)
        return people.administrateur(inscription, "Anne Cliente")

    def test_a_file_and_its_taking_back(self, firm: Firm, anne: Acteur) -> None:
        out = world.applied(firm.ready((firm.sirets[1], 0)), firm.chief)
        gone = world.applied(firm.ready((firm.sirets[0], 0)), firm.chief)
        returned = world.applied(firm.ready(*[(siret, 1) for siret in firm.sirets]), firm.chief)
        assert firm.held() == set(firm.sirets)
        waiting = operations.take_back(by=firm.chief, demande_id=returned.pk)
        [new] = Cliente.objects.filter(siren=firm.client.siren, closed_at=None)
        clientes.end_tie(by=anne, cliente_id=new.pk)
        assert firm.ready((firm.sirets[0], 1)).counts["impossibles"] == 1
        operations.read(demande_id=waiting.pk)
        for one in (out, gone):
            back = operations.take_back(by=firm.chief, demande_id=one.pk)
            operations.read(demande_id=back.pk)
            back.refresh_from_db()
            assert back.counts["ajouts"] == 0, one
        for change in Changement.objects.filter(inscription=firm.inscription, undone_by=None):
            browser(firm.chief).post(f"/declarant/habilitations/changements/{change.pk}/annuler/")
            assert not firm.held() & set(firm.sirets), change

    def test_between_preview_and_end(self, firm: Firm, anne: Acteur) -> None:
        [other] = new_place()
        place = people.put_place(firm.rank, 3)
        made = firm.ready((place, 1), (other, 1))
        assert made.counts["ajouts"] == 2
        clientes.end_tie(by=anne, cliente_id=firm.client.pk)
        assert world.applied(made, firm.chief).etat == Etat.OK_PARTIEL
        assert firm.held() == {other}
