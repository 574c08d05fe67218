"""What every téléprocédure promises of its definition and its screens, by being registered.

The tests' own, which no portal has, show that the shared screens serve every way of filing: with files or
none, to be confirmed or effective at once.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guichet.accounts.definitions import espace
from guichet.depots import operations
from guichet.depots.definitions import Teleprocedure, teleprocedures
from guichet.depots.models import Depot
from guichet.depots.rules import InvalidAnswers
from guichet.depots.states import State
from guichet.kernel import clock
from tests.depots import factories, small
from tests.depots.samples import filer_of
from tests.depots.small import ALL, registered
from tests.teleprocedures.filer import a_file
from tests.web.people import text_of

EVERY = [*teleprocedures().values(), *ALL.values()]
NOWHERE = "00000000-0000-4000-8000-000000000000"

each = pytest.mark.parametrize("definition", EVERY, ids=[one.code for one in EVERY])


@pytest.fixture(autouse=True)
def _the_tests_own(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.teleprocedures.small_urls"
    with registered(*ALL.values()):
        yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


@each
class TestTheDefinition:
    def test_its_pages_exist(self, definition: Teleprocedure) -> None:
        assert reverse(definition.start_url)
        assert reverse(definition.draft_url, args=[NOWHERE])
        namespace = definition.start_url.partition(":")[0]
        assert reverse(f"{namespace}:depots")
        for name in ("depot", "receipt", "documents"):
            assert reverse(f"{namespace}:{name}", args=[NOWHERE])
        # Where there are documents, each has its number, and they are checked where they are listed.
        assert reverse(f"{namespace}:document", args=[NOWHERE, 1] if definition.documents else [NOWHERE])
        assert definition.documents or reverse(f"{namespace}:check", args=[NOWHERE])

    def test_it_says_who_is_in_charge(self, definition: Teleprocedure) -> None:
        service = definition.service
        assert all([service.name, service.address, service.email, service.phone])
        assert espace(definition.espace)

    @pytest.mark.django_db
    def test_what_holds_goes_on_holding(self, definition: Teleprocedure) -> None:
        account, (data, _) = filer_of(definition), definition.sample()
        clean = definition.clean(data, clock.today())
        assert definition.clean(clean, clock.today()) == clean
        assert (
            len(definition.unique(account, clean).key) <= 100
        )  # without one, there may be any number of them
        assert len(definition.subject(account, clean).siren) in (0, 9)

    def test_files_come_where_they_are_asked_for(self, definition: Teleprocedure) -> None:
        _, files = definition.sample()
        assert bool(list(files)) == (definition.files is not None or definition.documents is not None)

    def test_nothing_does_not_hold(self, definition: Teleprocedure) -> None:
        with pytest.raises(InvalidAnswers) as refused:
            definition.clean({}, clock.today())
        assert refused.value.errors

    @pytest.mark.django_db
    def test_every_answer_can_be_changed_at_a_step_that_exists(self, definition: Teleprocedure) -> None:
        data, _ = definition.sample()
        namespace = definition.start_url.partition(":")[0]
        for answer in definition.answers(definition.clean(data, clock.today())):
            assert answer.label
            assert answer.value
            own, shared = f"{namespace}:{answer.step}", f"{namespace}:step"
            assert (
                reverse(own, args=[NOWHERE])
                if definition.documents
                else reverse(shared, args=[NOWHERE, answer.step])
            )

    def test_its_code_is_what_a_folder_can_be_called(self, definition: Teleprocedure) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]{2,40}", definition.code)


class Walk:
    """Somebody with a browser, who files for a client through the shared screens."""

    def __init__(self, definition: Teleprocedure) -> None:
        self.definition, self.client = definition, Client()
        self.account = filer_of(definition)
        self.client.force_login(self.account)

    def at(self, name: str, *args: Any) -> str:
        return reverse(f"{self.definition.start_url.partition(':')[0]}:{name}", args=args)

    def begun(self) -> Depot:
        self.client.post(self.at("start"))
        return Depot.objects.get(account=self.account, state=State.BROUILLON)

    def answered(self) -> Depot:
        draft = self.begun()
        typed = {"siren": small.CLIENT, "objet": "Déclarer la TVA"}
        self.client.post(self.at("step", draft.pk, "demande"), typed)
        return draft

    def submitted(self) -> tuple[Depot, Any]:
        draft = self.answered()
        page = self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"}, follow=True)
        draft.refresh_from_db()
        return draft, page


@pytest.mark.django_db
class TestAtOnceAndWithoutFiles:
    def test_no_step_asks_for_documents(self) -> None:
        walk = Walk(small.SMALL)
        start = text_of(walk.client.get(walk.at("start")))
        assert "vos documents" not in start
        assert "validation de dépôt" not in start
        draft = walk.answered()
        check = walk.client.get(walk.at("check", draft.pk))
        page = text_of(check)
        assert "étape 2 sur 2" in page.lower()
        assert "il n’y a rien à confirmer" in page
        assert "Modifier les documents" not in page
        assert "CLIENT 443" in page
        back = walk.client.get(walk.at("documents", draft.pk))
        assert back.headers["Location"] == walk.at("check", draft.pk)
        sent = walk.client.post(walk.at("documents", draft.pk), {"upload": a_file()})
        assert (sent.status_code, draft.files.exists()) == (302, False)
        assert walk.client.get(walk.at("page", draft.pk, 1)).status_code == 404

    def test_the_acknowledgement_comes_right_away(self) -> None:
        walk = Walk(small.SMALL)
        depot, page = walk.submitted()
        said = text_of(page)
        assert depot.state == State.CONFIRME
        assert str(depot.reference) in said
        assert "Télécharger l’accusé de réception" in said
        assert "Confirmé le" not in said
        assert "Fichiers tels que" not in said
        receipt: Any = walk.client.get(walk.at("receipt", depot.pk))
        assert b"".join(receipt.streaming_content).startswith(b"%PDF")
        assert walk.client.get(walk.at("document", depot.pk)).status_code == 404

    def test_a_second_press_leads_to_the_same_filing(self) -> None:
        walk = Walk(small.SMALL)
        depot, _ = walk.submitted()
        again = walk.client.post(walk.at("check", depot.pk), {"accepted_terms": "on"}, follow=True)
        assert str(depot.reference) in text_of(again)
        assert Depot.objects.count() == 1

    def test_giving_up_a_draft_tells_of_no_file(self) -> None:
        walk = Walk(small.SMALL)
        draft = walk.answered()
        said = text_of(walk.client.get(walk.at("discard", draft.pk)))
        assert "fichier" not in said
        assert "seront effacées" in said

    def test_the_same_client_again_is_refused_at_its_field_and_another_is_not(self) -> None:
        walk = Walk(small.SMALL)
        walk.submitted()
        draft = walk.begun()
        typed = {"siren": small.CLIENT, "objet": "TVA"}
        refused = walk.client.post(walk.at("step", draft.pk, "demande"), typed)
        assert refused.status_code == 422
        assert "Un dépôt existe déjà" in text_of(refused)
        other = walk.client.post(walk.at("step", draft.pk, "demande"), {**typed, "siren": small.OTHER_CLIENT})
        assert other.status_code == 302

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (State.CADUC, "ce dépôt est caduc depuis le"),
            (State.TERMINE, "il a pris fin le"),
            (State.ACCEPTE, "Ce dépôt a été accepté le"),
        ],
    )
    def test_its_page_and_the_public_one_say_what_became_of_it(self, state: State, words: str) -> None:
        walk = Walk(small.SMALL)
        depot, _ = walk.submitted()
        if state == State.CADUC:
            operations.lapse(depot_id=depot.pk, actor="system")
        else:
            operations.accept(depot_id=depot.pk, actor="system", reason="Mandat produit.")
        if state == State.TERMINE:
            operations.end(depot_id=depot.pk, actor="system", reason="Fin du mandat.")
        said = text_of(walk.client.get(walk.at("depot", depot.pk)))
        assert words in said
        reasons = {State.CADUC: "", State.ACCEPTE: "Mandat produit.", State.TERMINE: "Fin du mandat."}
        assert reasons[state] in said
        assert text_of(walk.client.get(walk.at("depots"))).count(str(depot.reference)) > 0
        public = text_of(Client().get(f"/v/{depot.verification_code}"))
        assert {State.CADUC: "caduc", State.TERMINE: "a pris fin", State.ACCEPTE: "accepté"}[state] in public
        assert "fichiers" not in public.split("Vérifier un fichier")[0]
        assert "Déclarer la TVA" not in public


@pytest.mark.django_db
class TestOtherWays:
    def test_without_files_and_to_be_confirmed(self) -> None:
        walk = Walk(small.CONFIRMED)
        depot, page = walk.submitted()
        assert depot.state == State.A_CONFIRMER
        assert "Il reste une chose à faire" in text_of(page)
        link = f"/c/{factories.token_of(depot)}"
        assert "Documents" not in text_of(Client().get(link))
        Client().post(link)
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME

    def test_with_files_and_at_once(self) -> None:
        walk = Walk(small.WITH_FILES)
        draft = walk.answered()
        assert walk.client.get(walk.at("check", draft.pk)).headers["Location"] == walk.at(
            "documents", draft.pk
        )
        walk.client.post(walk.at("documents", draft.pk), {"upload": a_file()})
        page = walk.client.post(walk.at("check", draft.pk), {"accepted_terms": "on"}, follow=True)
        said = text_of(page)
        assert "Télécharger l’accusé de réception" in said
        assert "Fichiers tels que vous les avez envoyés" in said
