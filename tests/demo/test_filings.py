"""The filings that the demo's desk begins with."""

from collections import Counter

import pytest
from django.conf import LazySettings

from guichet.demo import operations
from guichet.demo.filings import fill
from guichet.depots.models import Depot
from guichet.depots.states import State


@pytest.fixture(autouse=True)
def _addresses(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"


@pytest.mark.django_db
def test_the_desk_has_filings_of_every_kind_and_once_only(settings: LazySettings) -> None:
    operations.load()
    made = fill()
    states = Counter(Depot.objects.values_list("state", flat=True))
    assert made == sum(states.values()) >= 24
    assert set(states) == {State.CONFIRME, State.PUBLIE, State.REFUSE}
    assert fill() == 0
    assert Counter(Depot.objects.values_list("state", flat=True)) == states
