"""Associations that were there before accounts knew their unité légale."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from guichet.accounts.models import Account
from tests.accounts.people import SIREN, an_account

pytestmark = pytest.mark.django_db
MIGRATION = import_module("guichet.accounts.migrations.0004_siren_of_associations")


def fill() -> None:
    with connection.schema_editor() as editor:
        MIGRATION.fill(apps, editor)


def test_associations_get_theirs_and_nobody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MIGRATION, "BATCH", 2)
    for rank in range(5):
        an_account(f"00000000{rank}", espace="association")
    an_account("ferme:0000", espace="association")
    an_account(SIREN, espace="porte")
    an_account("404833048", espace="association", siren=SIREN)
    for _ in range(2):  # a second run finds nothing to do
        fill()
        known = dict(Account.objects.values_list("identifier", "siren"))
        assert known == {
            **{f"00000000{rank}": f"00000000{rank}" for rank in range(5)},
            "ferme:0000": "", SIREN: "", "404833048": SIREN,
        }  # fmt: skip
