"""Every message and letter of the room, written by the events that cause it."""

import datetime as dt

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.operations import colleagues, handover
from guichet.adhesions.rules import LAPSES_AFTER, REMIND_BEFORE
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier
from guichet.courriers.rules import WIDTH
from guichet.depots import operations as depots
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import a_client, a_pair, an_abonne, handed
from tests.consistency.sources import SRC
from tests.entreprises import files

LINKS = ("http:", "https:", "www.", "://")


def _requests(lila: Account) -> None:
    """A company with an account and one without, through every answer and every end."""
    world.company_account()
    for rank, by_account in ((1, True), (2, False)):
        siren = files.siren(rank)
        for accept in (False, True):
            demande = world.asked(lila, siren)
            operations.answer(
                demande_id=demande.pk, by=world.by_code(demande), accept=accept, reason="Voilà."
            )
        operations.end(
            demande_id=demande.pk, by=Answerer(account=lila) if by_account else world.by_code(demande)
        )
        depots.refuse(depot_id=world.asked(lila, siren).pk, actor="account:agent", reason="Aucun mandat.")
        demande = world.asked(lila, siren)
        depots.accept(depot_id=demande.pk, actor="account:agent", reason="Procuration vue.")
        operations.end(demande_id=demande.pk, by=world.by_code(demande))
        operations.cancel(account=lila, demande_id=world.asked(lila, siren).pk)
        world.asked(lila, siren)
    with clock.travel(LAPSES_AFTER - REMIND_BEFORE):
        operations.remind()
    with clock.travel(LAPSES_AFTER):
        operations.lapse_overdue()
    made = operations.prepare_list(account=lila, text=world.DISCREET, services=["tva"], qualite="avocat")
    operations.send_list(account=lila, liste_id=made.pk, accepted_terms=True)
    operations.send_batch(liste_id=made.pk)


def _people(lila: Account, omar: Account) -> None:
    nora = an_abonne("Nora Nouvelle")
    colleagues.present(account=nora)
    colleagues.decline(account=lila, colleague_id=nora.pk)
    a_client(lila)
    handover.decline(account=omar, remise_id=handover.propose(account=lila, to=omar.pk).pk)
    handover.cancel(account=lila, remise_id=handover.propose(account=lila, to=omar.pk).pk)
    proposed = handover.propose(account=lila, to=omar.pk)
    with clock.travel(LAPSES_AFTER + dt.timedelta(days=1)):
        handover.lapse_handovers()
    proposed = handover.propose(account=lila, to=omar.pk)
    handed(handover.accept(account=omar, remise_id=proposed.pk))


@pytest.fixture
def written(register: None) -> list[Courrier]:
    lila, omar = a_pair()
    _requests(lila)
    _people(lila, omar)
    return list(Courrier.objects.filter(template__startswith="adhesions/").order_by("pk"))


def test_every_message_is_as_it_should_be(written: list[Courrier]) -> None:
    templates = (SRC / "adhesions/templates/courriers/adhesions").glob("[!_]*.txt")
    assert {one.template for one in written} == {f"adhesions/{path.stem}" for path in templates}
    letters = [one for one in written if one.kind == Courrier.Kind.LETTER]
    emails = [one for one in written if one.kind == Courrier.Kind.EMAIL]
    assert {one.template for one in letters} == {
        f"adhesions/{name}" for name in ("demande", "acceptee", "refusee", "terminee")
    }
    for one in written:
        assert one.subject
        assert len(one.subject) < 140
        assert one.body.startswith(("Bonjour,\n\n", "Madame, Monsieur,\n\n")), one.template
        assert "\n\n\n" not in one.body, one.template
        assert not [line for line in one.body.splitlines() if len(line) > WIDTH], one.template
        assert one.secret == ("Votre code : " in one.body), one.template
    for one in emails:
        assert "\n\n-- \n" in one.body, one.template
        assert not [link for link in LINKS if link in one.body], one.template
    for one in letters:
        assert one.body.rstrip().endswith("professionnels@guichet.example"), one.template
        assert "automatiquement" not in one.body
