"""Every téléprocédure, the tests' own among them, goes from draft to a signed receipt that verifies."""

from pathlib import Path

import pytest

from guichet.courriers.models import Courrier
from guichet.depots import operations, queries, receipts
from guichet.depots.definitions import teleprocedure, teleprocedures
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.files import queries as files
from guichet.journal.queries import history
from tests.depots import factories
from tests.depots.documents import fill
from tests.depots.samples import every_code, filer_of, put_in_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]
EVERY = every_code(list(teleprocedures()))


@pytest.mark.parametrize("code", EVERY)
def test_from_draft_to_receipt(code: str, tmp_path: Path) -> None:
    definition = teleprocedure(code)
    owner, (data, samples) = filer_of(definition), definition.sample()
    put_in_register(definition.subject(owner, data).siren, tmp_path)

    depot = operations.start_draft(account=owner, teleprocedure=code)
    operations.answer(account=owner, depot_id=depot.pk, data=data)
    fill(owner, depot, samples)
    depot = operations.submit(account=owner, depot_id=depot.pk, accepted_terms=True)
    assert depot.reference
    assert depot.siren == definition.subject(owner, data).siren

    depot = confirmed_by_its_link(depot) if definition.confirmation else confirmed_already(depot)
    assert depot.state == State.CONFIRME
    receipt = receipts.ensure(depot_id=depot.pk)
    with files.open_stored(sha256=receipt.stored_id) as signed:
        report = receipts.verify(signed.read())
    assert (report.ok, report.reference) == (True, depot.reference)

    kinds = [event.kind for event in history(subject=depot.evidence) if event.kind.startswith("depot.")]
    assert kinds == ["depot.submitted", "depot.confirmed", "depot.receipt_issued"]
    shown = queries.one(account=owner, depot_id=depot.pk)
    assert shown.receipt.stored_id == receipt.stored_id
    assert bool(queries.received(shown)) == (definition.files is not None)
    if rules := definition.documents:
        assert [file.position for file in queries.documents(shown)] == list(range(1, rules.count(data) + 1))
        assert not shown.pages.exists()
        assert [said.number for said in rules.described(shown)] == list(range(1, rules.count(data) + 1))
    assert all(row.label and row.value for row in definition.answers(shown.data))


def confirmed_by_its_link(depot: Depot) -> Depot:
    """What waits for its confirmation is confirmed from the mailbox (000, step 7)."""
    assert depot.state == State.A_CONFIRMER
    letter = Courrier.objects.get(about=depot.evidence)
    assert letter.subject == "validation de dépôt de dossier"
    assert max(len(line) for line in letter.body.splitlines() if "/c/" in line) < 76
    return operations.confirm(token=factories.token_of(depot))


def confirmed_already(depot: Depot) -> Depot:
    """What needs no confirmation counts, and its message acknowledges it without a link."""
    letter = Courrier.objects.filter(about=depot.evidence).latest("pk")
    definition = teleprocedure(depot.teleprocedure)
    named = f"nous avons reçu {definition.noun.your}"
    assert letter.subject == ("vos documents sont transmis" if definition.documents else named)
    assert "/c/" not in letter.body
    return depot


@pytest.mark.parametrize("code", EVERY)
def test_a_definition_names_whom_to_ask(code: str) -> None:
    service = teleprocedure(code).service
    assert all([service.name, service.address, "@" in service.email, service.phone])  # art. R112-11-1 CRPA


@pytest.mark.parametrize("code", EVERY)
def test_a_draft_that_says_nothing_yet_can_be_shown(code: str) -> None:
    definition = teleprocedure(code)
    account = filer_of(definition)
    depot = operations.start_draft(account=account, teleprocedure=code)
    assert len(definition.subject(account, depot.data).siren) in (0, 9)
    with pytest.raises((KeyError, ValueError)):
        definition.unique(account, depot.data)
