"""What the database itself holds about decided filings, whoever writes the rows."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection

from guichet.accounts.models import Account
from guichet.depots import queries
from guichet.depots.models import Depot
from guichet.depots.states import DECIDED, FILED, WITHDRAWN, State
from guichet.kernel import clock
from tests.instruction import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", FILED)
def test_every_filed_one_keeps_its_public_page(owner: Account, state: State) -> None:
    depot = people.filed(owner, state=state)
    assert queries.by_verification_code(code=depot.verification_code or "") == depot


@pytest.mark.parametrize("state", DECIDED)
def test_a_decision_has_its_moment(owner: Account, state: State) -> None:
    with pytest.raises(IntegrityError, match="depot_decided_has_moment"):
        people.filed(owner, state=state, decided_at=None)


@pytest.mark.parametrize("state", [State.REFUSE, State.RETIRE])
def test_a_no_has_its_reason(owner: Account, state: State) -> None:
    with pytest.raises(IntegrityError, match="depot_refused_has_reason"):
        people.filed(owner, state=state, decision_text="")


def test_what_waits_was_not_decided(owner: Account) -> None:
    with pytest.raises(IntegrityError, match="depot_decided_has_moment"):
        people.filed(owner, decided_at=clock.now())


@pytest.mark.parametrize("state", sorted(set(FILED) - set(WITHDRAWN)))
def test_only_what_was_withdrawn_or_ended_has_that_moment(owner: Account, state: State) -> None:
    with pytest.raises(IntegrityError, match="depot_withdrawn_has_moment"):
        people.filed(owner, state=state, withdrawn_at=clock.now())


@pytest.mark.parametrize("state", WITHDRAWN)
def test_what_was_withdrawn_or_ended_has_it(owner: Account, state: State) -> None:
    with pytest.raises(IntegrityError, match="depot_withdrawn_has_moment"):
        people.filed(owner, state=state, withdrawn_at=None)


@pytest.mark.parametrize("state", [State.CADUC, State.TERMINE])
def test_what_lapsed_or_ended_needs_no_reason(owner: Account, state: State) -> None:
    assert people.filed(owner, state=state).decision_text == ""


@pytest.mark.parametrize("second", [State.PUBLIE, State.ACCEPTE])
def test_one_alone_is_in_effect_for_a_key(owner: Account, second: State) -> None:
    first = people.filed(owner, state=State.PUBLIE)
    with pytest.raises(IntegrityError, match="depot_one_published"):
        people.filed(owner, state=second, unique_key=first.unique_key, version=1)


def test_a_rectification_waits_beside_what_is_published(owner: Account) -> None:
    first = people.filed(owner, state=State.PUBLIE)
    second = people.filed(owner, unique_key=first.unique_key, version=1)
    assert second.state == State.CONFIRME


@pytest.mark.parametrize(
    ("state", "taken"),
    [(State.RETIRE, True), (State.REFUSE, False), (State.CADUC, False), (State.TERMINE, False)],
)
def test_a_number_that_the_public_read_is_not_given_again(owner: Account, state: State, taken: bool) -> None:
    first = people.filed(owner, state=state)
    if taken:
        with pytest.raises(IntegrityError, match="depot_one_live_version"):
            people.filed(owner, unique_key=first.unique_key)
    else:
        assert people.filed(owner, unique_key=first.unique_key).version == 0


def test_the_previous_release_can_still_write(owner: Account) -> None:
    """It names none of the new columns: the database has what they need."""
    new = {"decided_at", "withdrawn_at", "decision_text", "corrects_id"}
    like = people.filed(owner)
    names = [str(field.column) for field in Depot._meta.concrete_fields if field.column not in new]
    listed = ", ".join(names)
    given = ", ".join(
        {"id": "gen_random_uuid()", "reference": "'other'", "verification_code": "'other'", "version": "1",
         "state": "'remplace'"}.get(name, name)
        for name in names
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO depots_depot ({listed}) SELECT {given} FROM depots_depot")
    written = Depot.objects.exclude(pk=like.pk).get()
    assert (written.decision_text, written.decided_at, written.corrects) == ("", None, None)


def test_the_days_of_a_decision_are_kept_apart(owner: Account) -> None:
    published = clock.now() - dt.timedelta(days=3)
    depot = people.filed(owner, state=State.RETIRE, decided_at=published)
    depot.refresh_from_db()
    assert depot.withdrawn_at is not None
    assert depot.withdrawn_at > published == depot.decided_at
