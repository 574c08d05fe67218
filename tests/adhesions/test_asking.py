"""The company is asked: a letter with a code to its siège, and an e-mail where it has an account."""

import datetime as dt
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts.models import Account
from guichet.adhesions.codes import code_hash
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import CannotBeAsked, company
from guichet.adhesions.rules import LAPSES_AFTER
from guichet.courriers import operations as courriers
from guichet.courriers.models import Courrier
from guichet.courriers.states import Status
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.journal.queries import history
from guichet.kernel import clock
from tests.adhesions import world
from tests.adhesions.firm import FIRM, OTHER_FIRM, an_abonne

pytestmark = pytest.mark.usefixtures("register")


def letter_of(demande: Demande) -> Courrier:
    assert demande.letter
    return demande.letter


def test_the_letter_goes_to_the_siege_and_says_everything(asker: Account) -> None:
    demande = world.asked(asker)
    letter = letter_of(demande)
    assert (letter.kind, letter.recipient) == (Courrier.Kind.LETTER, "BOULANGERIE DU PONT")
    assert letter.address == ["12 B AVENUE DES LILAS", "44000 NANTES"]
    for said in (
        "Lila Exemple",
        "CABINET DU PONT (SIREN 732\u00a0829\u00a0320)",
        "Expert-comptable",
        "Taxe sur la valeur ajoutée (TVA)",
        "Impôt sur les sociétés (IS)",
        world.code_of(demande),
        demande.depot.reference or "?",
        company.ANSWER_AT,
        "Sans internet",
        "y mettiez fin",
        "ne vous le demanderons jamais",
        "Téléphone",
    ):
        assert said in " ".join(letter.body.split(" ")).replace("\n", " "), said
    assert demande.lapses_at - demande.asked_at == LAPSES_AFTER == dt.timedelta(days=21)
    assert demande.depot.state == State.CONFIRME


def test_the_address_of_the_letter_is_that_of_the_page() -> None:
    try:
        page = reverse("company:code")
    except NoReverseMatch:
        pytest.skip("the screens of companies are not installed")
    assert page == company.ANSWER_AT


def test_who_refuses_diffusion_gets_the_letter_and_stays_unnamed(asker: Account) -> None:
    demande = world.asked(asker, world.DISCREET)
    assert letter_of(demande).recipient == "DISCRETE"
    assert letter_of(demande).address
    assert "DISCRETE" not in demande.depot.subject_name


def test_a_foreign_firm_asks_without_a_siren() -> None:
    demande = world.asked(an_abonne("Ida Étrangère", siren=""))
    assert "Ida Étrangère" in letter_of(demande).body
    assert "()" not in letter_of(demande).body


def test_the_code_is_in_the_letter_alone_and_nowhere_once_it_is_printed(
    asker: Account, settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.LETTERS_DIR = tmp_path / "letters"
    account = world.company_account()
    demande = world.asked(asker)
    code = world.code_of(demande)
    assert demande.code_hash == code_hash(world.ALIVE, code) != code_hash(world.OTHER, code)
    emails = [one for one in world.messages_about(demande) if one.kind == Courrier.Kind.EMAIL]
    assert [one.recipient for one in emails if one.recipient == account.email]
    assert not [one for one in emails if code in one.body or code.replace("-", "") in one.body]
    courriers.deliver(courrier_id=letter_of(demande).pk)
    letter = Courrier.objects.get(pk=letter_of(demande).pk)
    assert (letter.status, letter.secret, letter.body) == (Status.SENT, True, "")
    assert list(settings.LETTERS_DIR.glob("*.pdf"))
    assert code not in str([event.data for event in history(subject=demande.depot.evidence)])


def test_accounts_that_are_the_company_get_an_email_and_no_others(asker: Account) -> None:
    account = world.company_account()
    suspended = world.company_account(world.OTHER)
    suspended.suspended_at = clock.now()
    suspended.save()
    pretender = world.company_account(espace="abonne")
    demande, other = world.asked(asker), world.asked(asker, world.OTHER)
    assert [one.recipient for one in world.messages_about(demande, "adhesions/demande")] == [
        "BOULANGERIE DU PONT",
        account.email,
    ]
    assert pretender.email not in {one.recipient for one in world.messages_about(demande)}
    assert [one.kind for one in world.messages_about(other, "adhesions/demande")] == [Courrier.Kind.LETTER]


@pytest.mark.parametrize("siren", [world.CLOSED, world.HOMELESS, world.MOVED_OUT, FIRM])
def test_nothing_is_filed_that_nobody_could_answer(asker: Account, siren: str) -> None:
    with pytest.raises(CannotBeAsked):
        world.filed(asker, siren)
    assert not Depot.objects.exists()
    assert not Courrier.objects.exists()


def test_the_journal_tells_it_without_a_name(asker: Account) -> None:
    world.company_account()
    demande = world.asked(asker)
    events = {event.kind: event.data for event in history(subject=demande.depot.evidence)}
    assert events["adhesion.asked"]["letter"] == demande.letter_id
    assert events["adhesion.asked"]["emails"] == 1
    told = str(events)
    assert not [word for word in ("Lila", "BOULANGERIE", "@", "192.0.2") if word in told]


def test_each_firm_asks_for_itself(asker: Account) -> None:
    mine, theirs = world.asked(asker), world.asked(an_abonne("Zoé Ailleurs", siren=OTHER_FIRM))
    assert mine.code_hash != theirs.code_hash
    assert {mine.firm, theirs.firm} == {FIRM, OTHER_FIRM}
