"""The demonstration fills its portfolios while somebody imports a register without their companies."""

import pytest
from django.conf import LazySettings

from guichet.demo import operations, portfolios
from guichet.imports.models import Demande
from guichet.portefeuilles.models import Cliente
from tests.inscriptions.world import empty_register

pytestmark = pytest.mark.django_db


def test_portfolios_stay_empty_and_nothing_fails(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"
    operations.load()
    monkeypatch.setattr(portfolios, "_is_ours", lambda: True)  # it still was, a moment ago
    empty_register()
    assert portfolios.fill() == 3
    assert not Cliente.objects.exists()
    assert Demande.objects.filter(counts__impossibles__gt=0).exists()
