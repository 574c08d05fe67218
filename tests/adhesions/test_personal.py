"""What somebody is given of themselves, and what of others stays out of it."""

import pytest

from guichet.accounts.models import Account
from guichet.adhesions import operations
from guichet.adhesions.models import Liste
from guichet.adhesions.operations import handover, leaving
from guichet.retention import personal
from tests.adhesions import world
from tests.adhesions.firm import a_pair

pytestmark = pytest.mark.usefixtures("register")


def test_a_copy_holds_one_s_requests_and_nothing_of_the_company_s(asker: Account) -> None:
    account = world.company_account(world.DISCREET)
    demande = world.asked(asker, world.DISCREET)
    operations.answer(demande_id=demande.pk, by=world.by_code(demande), accept=True)
    [(told, _)] = personal.filings(asker)
    assert told["adhesion"]["services"] == ["tva", "is"]
    assert told["adhesion"]["repondu_par"] == "code"
    written = str(told)
    for theirs in ("DISCRETE", "LILAS", account.email, world.code_of(demande), demande.code_hash):
        assert theirs not in written


def test_a_copy_holds_one_s_lists_and_what_was_handed_over_without_names() -> None:
    lila, omar = a_pair()
    demande = world.asked(lila)
    handover.propose(account=lila, to=omar.pk, depot_ids=[demande.pk])
    operations.prepare_list(account=lila, text=world.OTHER, services=["tva"], qualite="avocat")
    told = personal.of_account(lila)
    assert [line["siren"] for each in told["listes"] for line in each["lignes"]] == [world.OTHER]
    assert [(each["de_vous"], each["dossiers"]) for each in told["cabinet"]["remises"]] == [(True, 1)]
    assert told["cabinet"]["reconnu_le"]
    assert "Omar" not in str(told["cabinet"])


def test_lists_go_when_the_account_is_closed(asker: Account) -> None:
    operations.prepare_list(account=asker, text=world.OTHER, services=["tva"], qualite="avocat")
    leaving.leave(account=asker, actor="system")
    assert not Liste.objects.exists()
