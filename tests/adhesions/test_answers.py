"""The company answers, by its code or its account; it ends what it accepted; the firm takes back or ends."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import override_settings

from guichet.accounts.models import Account, Attempts
from guichet.accounts.rules import Client
from guichet.adhesions import operations, queries
from guichet.adhesions.models import Demande
from guichet.adhesions.operations import (
    AlreadySettled,
    CodeRefused,
    LetterCodesLockedOut,
    NotInForce,
    NotTheCompany,
    TooLate,
)
from guichet.adhesions.rules import (
    LAPSES_AFTER,
    REMIND_BEFORE,
    TRIES_PER_ADDRESS,
    TRIES_PER_SIREN,
    TRIES_WINDOW,
    new_code,
)
from guichet.adhesions.states import By
from guichet.adhesions.values import Answerer
from guichet.courriers.models import Courrier
from guichet.depots import operations as depots
from guichet.depots.states import State
from guichet.journal.queries import history
from guichet.kernel import clock
from guichet.kernel.identifiers import InvalidSiren
from tests.adhesions import world
from tests.adhesions.firm import OTHER_FIRM, an_abonne
from tests.entreprises import files

pytestmark = pytest.mark.usefixtures("register")
SECOND = dt.timedelta(seconds=1)


def fresh(demande: Demande) -> Demande:
    return Demande.objects.select_related("depot").get(pk=demande.pk)


def accepted(account: Account, siren: str = world.ALIVE) -> Demande:
    demande = world.asked(account, siren)
    return operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)


# By code


def test_the_company_accepts_by_its_code(asker: Account) -> None:
    demande = world.asked(asker)
    done = operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
    assert (done.depot.state, done.answered_by) == (State.ACCEPTE, By.CODE)
    assert fresh(demande).settled_at
    assert asker.email in [one.recipient for one in world.messages_about(demande, "depots/accepte")]
    assert [one.kind for one in world.messages_about(demande, "adhesions/acceptee")] == [Courrier.Kind.LETTER]


@pytest.mark.parametrize("reason", ["Nous avons changé de cabinet.", ""])
def test_the_company_refuses_with_or_without_a_reason(asker: Account, reason: str) -> None:
    demande = world.asked(asker)
    operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=False, reason=reason)
    depot = fresh(demande).depot
    assert depot.state == State.REFUSE
    assert depot.decision_text == (reason or "L’entreprise a refusé, sans donner de motif.")


def test_a_code_is_typed_as_people_type() -> None:
    demande = world.asked(an_abonne())
    typed = world.code_of(demande).lower().replace("-", " ")
    assert operations.open_by_code(siren="000 020 016", code=typed, client=world.HERE) == demande


def test_unknown_company_wrong_code_and_no_request_get_one_sentence(asker: Account) -> None:
    demande = world.asked(asker)
    code = world.code_of(demande)
    said = set()
    for siren, typed in [
        (world.ALIVE, new_code()),  # a wrong code
        (world.OTHER, code),  # nothing is asked of it
        (world.NOBODYS, code),  # nobody's number
        (world.ALIVE, "AZERTY"),  # no code at all
        (world.ALIVE, demande.depot.reference or ""),  # the number of the file instead
    ]:
        with pytest.raises(CodeRefused) as refused:
            operations.open_by_code(siren=siren, code=typed, client=world.HERE)
        said.add((str(refused.value), refused.value.status, refused.value.field))
    assert len(said) == 1


def test_what_can_be_nobodys_number_says_so() -> None:
    with pytest.raises(InvalidSiren):
        operations.open_by_code(siren="123", code=new_code(), client=world.HERE)
    assert not Attempts.objects.exists()


def test_tries_are_counted_by_company(asker: Account) -> None:
    demande = world.asked(asker)
    for number in range(TRIES_PER_SIREN):
        with pytest.raises(CodeRefused):
            operations.open_by_code(
                siren=world.ALIVE, code=new_code(), client=Client(address=f"203.0.113.{number}")
            )
    with pytest.raises(LetterCodesLockedOut) as locked:
        world.by_code(demande)
    assert (locked.value.status, locked.value.retry_after) == (429, TRIES_WINDOW.total_seconds())
    with clock.travel(TRIES_WINDOW):
        assert world.by_code(demande)


def test_tries_are_counted_by_address(asker: Account) -> None:
    demande = world.asked(asker)
    for number in range(TRIES_PER_ADDRESS):
        with pytest.raises(CodeRefused):
            operations.open_by_code(siren=files.siren(200 + number), code=new_code(), client=world.HERE)
    with pytest.raises(LetterCodesLockedOut):
        world.by_code(demande)
    code = world.code_of(demande)
    assert operations.open_by_code(siren=world.ALIVE, code=code, client=world.ELSEWHERE) == demande


def test_a_right_code_lifts_the_count(asker: Account) -> None:
    demande = world.asked(asker)
    for _ in range(3 * TRIES_PER_ADDRESS):
        world.by_code(demande)
    with pytest.raises(CodeRefused):
        operations.open_by_code(siren=world.ALIVE, code=new_code(), client=world.HERE)
    world.by_code(demande)


def test_letters_outlive_a_change_of_the_key(asker: Account) -> None:
    from django.conf import settings

    demande = world.asked(asker)
    former = settings.SECRET_KEY
    with override_settings(SECRET_KEY="n" * 60, SECRET_KEY_FALLBACKS=[former]):
        assert world.by_code(demande)
    with override_settings(SECRET_KEY="n" * 60, SECRET_KEY_FALLBACKS=[]), pytest.raises(CodeRefused):
        world.by_code(demande)


# Who may


def test_an_account_that_is_the_company_answers(asker: Account) -> None:
    demande, account = world.asked(asker), world.company_account()
    done = operations.answer(demande_id=demande.pk, by=Answerer(account=account), accept=True)
    assert (done.depot.state, done.answered_by) == (State.ACCEPTE, By.ACCOUNT)


@pytest.mark.parametrize(
    "act",
    [
        lambda demande, by: operations.answer(demande_id=demande.pk, by=by, accept=True),
        lambda demande, by: operations.answer(demande_id=demande.pk, by=by, accept=False),
        lambda demande, by: operations.end(demande_id=demande.pk, by=by),
        lambda demande, by: queries.adhesion(demande_id=demande.pk, by=by),
    ],
)
def test_nobody_else_has_any_power(asker: Account, act: Callable[[Demande, Answerer], object]) -> None:
    demande, other = world.asked(asker), world.asked(asker, world.OTHER)
    for by in (
        Answerer(account=world.company_account(espace="abonne")),  # says that it works there, no more
        Answerer(account=world.company_account(world.OTHER)),
        Answerer(account=an_abonne("Zoé Ailleurs", siren=OTHER_FIRM)),
        Answerer(code_hash=other.code_hash),
        Answerer(code_hash=world.code_of(demande)),  # the code itself opens nothing: its hash was given by it
        Answerer(),
    ):
        with pytest.raises(NotTheCompany):
            act(demande, by)
    assert fresh(demande).depot.state == State.CONFIRME


def test_the_firm_cannot_answer_itself(asker: Account) -> None:
    demande = world.asked(asker)
    with pytest.raises(NotTheCompany):
        operations.answer(demande_id=demande.pk, by=Answerer(account=asker), accept=True)


@pytest.mark.parametrize("demande_id", [uuid.uuid4(), "n’importe quoi"])
def test_what_does_not_exist_is_nobody_s(asker: Account, demande_id: object) -> None:
    by = Answerer(account=asker)
    with pytest.raises(NotTheCompany):
        operations.end(demande_id=str(demande_id), by=by)
    with pytest.raises(NotTheCompany):
        queries.adhesion(demande_id=str(demande_id), by=by)


def test_a_draft_is_no_request(asker: Account) -> None:
    draft = depots.start_draft(account=asker, teleprocedure="adhesion")
    with pytest.raises(NotTheCompany):
        operations.cancel(account=asker, demande_id=draft.pk)


# When


def test_the_last_second_counts_and_the_next_does_not(asker: Account) -> None:
    in_time, late = world.asked(asker), world.asked(asker, world.OTHER)
    codes = world.by_code(in_time), world.by_code(late)
    with clock.travel(LAPSES_AFTER - (clock.now() - in_time.asked_at) - SECOND):
        assert queries.adhesion(demande_id=in_time.pk, by=codes[0]).is_open
        operations.answer(demande_id=in_time.pk, by=codes[0], accept=True)
    with clock.travel(LAPSES_AFTER):
        assert not queries.adhesion(demande_id=late.pk, by=codes[1]).is_open
        with pytest.raises(TooLate):
            operations.answer(demande_id=late.pk, by=codes[1], accept=True)
        assert operations.lapse_overdue() == 1
        with pytest.raises(TooLate):
            operations.answer(demande_id=late.pk, by=codes[1], accept=True)
    assert fresh(late).depot.state == State.CADUC


def test_an_answer_is_final_and_twice_is_as_once(asker: Account) -> None:
    demande = world.asked(asker)
    by = world.by_code(demande)
    for _ in range(2):
        operations.answer(demande_id=demande.pk, by=by, accept=False)
    with pytest.raises(AlreadySettled):
        operations.answer(demande_id=demande.pk, by=by, accept=True)
    assert [event.kind for event in history(subject=demande.depot.evidence)].count("depot.refused") == 1


def test_the_code_shows_what_became_of_it(asker: Account) -> None:
    demande = accepted(asker)
    shown = queries.adhesion(demande_id=demande.pk, by=world.by_code(demande))
    assert (shown.is_open, shown.is_in_force, shown.answered_by) == (False, True, By.CODE)
    assert (shown.person, shown.firm, shown.capacity) == (
        "Lila Exemple",
        "CABINET DU PONT",
        "Expert-comptable",
    )
    assert "Taxe sur la valeur ajoutée (TVA)" in shown.services


# The agent


def test_an_agent_decides_in_the_company_s_place(asker: Account) -> None:
    demande, account = world.asked(asker), world.company_account()
    depots.accept(depot_id=demande.pk, actor="account:agent", reason="Procuration vue au guichet.")
    done = fresh(demande)
    assert (done.depot.state, done.answered_by, done.depot.decision_text) == (
        State.ACCEPTE,
        By.AGENT,
        "Procuration vue au guichet.",
    )
    told = world.messages_about(demande, "adhesions/acceptee")
    assert [one.recipient for one in told] == [account.email]
    assert "à la place de votre entreprise" in told[0].body
    with pytest.raises(AlreadySettled):
        operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=False)


def test_a_company_without_an_account_gets_a_letter_of_what_others_decided(asker: Account) -> None:
    demande = world.asked(asker)
    depots.refuse(depot_id=demande.pk, actor="account:agent", reason="Aucun mandat.")
    told = world.messages_about(demande, "adhesions/refusee")
    assert [one.kind for one in told] == [Courrier.Kind.LETTER]
    assert "Aucun mandat." in told[0].body
    assert not told[0].secret


# The end


@pytest.mark.parametrize("reason", ["Nous changeons de cabinet.", ""])
def test_the_company_ends_it_at_once_and_both_are_told(asker: Account, reason: str) -> None:
    demande = accepted(asker)
    operations.end(demande_id=demande.pk, by=world.by_code(demande), reason=reason)
    done = fresh(demande)
    assert (done.depot.state, done.ended_by) == (State.TERMINE, By.CODE)
    assert done.depot.decision_text.startswith("L’entreprise y a mis fin.")
    assert reason in done.depot.decision_text
    assert [one.kind for one in world.messages_about(demande, "adhesions/terminee")] == [Courrier.Kind.LETTER]
    assert asker.email in [one.recipient for one in world.messages_about(demande, "depots/termine")]


def test_the_firm_ends_it_and_both_are_told(asker: Account) -> None:
    account = world.company_account()
    demande = accepted(asker)
    operations.end(demande_id=demande.pk, by=Answerer(account=asker))
    assert fresh(demande).ended_by == By.FIRM
    assert [one.recipient for one in world.messages_about(demande, "adhesions/terminee")] == [account.email]
    assert [one.recipient for one in world.messages_about(demande, "depots/termine")] == [asker.email]


def test_ending_twice_is_as_once_and_nothing_else_is_ended(asker: Account) -> None:
    demande, waiting = accepted(asker), world.asked(asker, world.OTHER)
    by = world.by_code(demande)
    for _ in range(2):
        operations.end(demande_id=demande.pk, by=by)
    assert [event.kind for event in history(subject=demande.depot.evidence)].count("depot.ended") == 1
    with pytest.raises(NotInForce):
        operations.end(demande_id=waiting.pk, by=world.by_code(waiting))


def test_after_the_end_the_firm_asks_again_with_a_new_code(asker: Account) -> None:
    demande = accepted(asker)
    old = world.by_code(demande)
    operations.end(demande_id=demande.pk, by=old)
    again = accepted(asker)
    assert world.code_of(again) != world.code_of(demande)
    assert operations.end(demande_id=demande.pk, by=old).pk == demande.pk
    assert fresh(again).depot.state == State.ACCEPTE
    with pytest.raises(NotTheCompany):
        operations.end(demande_id=again.pk, by=old)


def test_the_firm_takes_its_request_back(asker: Account) -> None:
    account, demande = world.company_account(), world.asked(asker)
    by = world.by_code(demande)
    for _ in range(2):
        operations.cancel(account=asker, demande_id=demande.pk)
    done = fresh(demande)
    assert (done.depot.state, done.answered_by) == (State.CADUC, By.FIRM)
    told = world.messages_about(demande, "adhesions/caduque")
    assert [one.recipient for one in told] == [account.email]
    assert "a retiré sa demande" in told[0].body.replace("\n", " ")
    assert [one.recipient for one in world.messages_about(demande, "adhesions/retiree")] == [asker.email]
    with pytest.raises(AlreadySettled):
        operations.answer(demande_id=demande.pk, by=by, accept=True)
    assert world.asked(asker).pk != demande.pk


def test_only_the_firm_takes_back_and_only_what_waits(asker: Account) -> None:
    demande, waiting = accepted(asker), world.asked(asker, world.OTHER)
    with pytest.raises(AlreadySettled):
        operations.cancel(account=asker, demande_id=demande.pk)
    for somebody in (world.company_account(world.OTHER), an_abonne("Zoé Ailleurs", siren=OTHER_FIRM)):
        with pytest.raises(NotTheCompany):
            operations.cancel(account=somebody, demande_id=waiting.pk)


# Time


def test_what_nobody_answers_lapses_and_both_are_told(asker: Account) -> None:
    account, demande = world.company_account(), world.asked(asker)
    settled = accepted(asker, world.OTHER)
    with clock.travel(LAPSES_AFTER - SECOND):
        assert operations.lapse_overdue() == 0
    with clock.travel(LAPSES_AFTER):
        assert operations.lapse_overdue() == 1
        assert operations.lapse_overdue() == 0
    assert (fresh(demande).depot.state, fresh(demande).answered_by) == (State.CADUC, By.SYSTEM)
    assert fresh(settled).depot.state == State.ACCEPTE
    assert [one.recipient for one in world.messages_about(demande, "adhesions/caduque")] == [account.email]
    assert [one.recipient for one in world.messages_about(demande, "depots/caduc")] == [asker.email]


def test_both_are_reminded_once_seven_days_before(asker: Account) -> None:
    account, demande = world.company_account(), world.asked(asker)
    accepted(asker, world.OTHER)
    soon = LAPSES_AFTER - REMIND_BEFORE
    with clock.travel(soon - dt.timedelta(minutes=1)):
        assert operations.remind() == 0
    with clock.travel(soon):
        assert operations.remind() == 1
        assert operations.remind() == 0
    assert [one.recipient for one in world.messages_about(demande, "adhesions/rappel")] == [
        asker.email,
        account.email,
    ]


def test_nobody_is_reminded_of_what_is_over(asker: Account) -> None:
    world.asked(asker)
    with clock.travel(LAPSES_AFTER):
        assert operations.remind() == 0


# What a company sees


def test_a_company_sees_who_acts_for_it(asker: Account) -> None:
    account = world.company_account()
    other = an_abonne("Zoé Ailleurs", siren=OTHER_FIRM)
    refused = world.asked(an_abonne("Ida Étrangère", siren=""))
    operations.answer(demande_id=refused.pk, by=Answerer(account=account), accept=False)
    in_force = accepted(asker)
    waiting = world.asked(other)
    accepted(asker, world.OTHER)
    assert [one.depot_id for one in queries.of_company(account=account)] == [
        waiting.pk,
        in_force.pk,
        refused.pk,
    ]


def test_who_only_says_to_work_there_sees_nothing(asker: Account) -> None:
    world.asked(asker)
    assert queries.of_company(account=world.company_account(espace="abonne")) == []
    assert queries.of_company(account=asker) == []


def test_nothing_of_it_tells_the_journal_who_it_was(asker: Account) -> None:
    world.company_account()
    demande = world.asked(asker)
    by = world.by_code(demande)
    operations.answer(demande_id=demande.pk, by=by, accept=True, reason="Bienvenue à Lila.")
    operations.end(demande_id=demande.pk, by=by, reason="Adieu Lila.")
    events = history(subject=demande.depot.evidence)
    assert {"adhesion.asked", "adhesion.answered", "adhesion.company_told", "depot.ended"} <= {
        event.kind for event in events
    }
    told = str([event.data for event in events])
    assert not [word for word in ("Lila", "BOULANGERIE", "@", world.HERE.address) if word in told]
