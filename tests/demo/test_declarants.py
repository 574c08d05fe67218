"""The companies of the demonstration that declare, and their people."""

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import check_password
from django.urls import reverse

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, Provisional
from guichet.demo import operations, register
from guichet.demo.declarants import BOSS, CANDIDATE, COLLEAGUE, DECLARANTS, FIRM, TO_REGISTER, Declarant
from guichet.entreprises import queries as entreprises
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries import may_file
from guichet.inscriptions.models import Inscription
from guichet.inscriptions.queries import acteur_of, declarations
from guichet.inscriptions.rules import Genre

pytestmark = pytest.mark.django_db


def account(one: Declarant) -> Account:
    return Account.objects.get(espace="declarant", identifier=one.identifier)


@pytest.fixture(autouse=True)
def _loaded(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"
    operations.load()


def test_each_may_sign_in_with_what_the_first_page_prints() -> None:
    sign_in = reverse("declarant:sign_in")
    printed = [one for one in operations.load() if one.url.endswith(sign_in)]
    parse = espace("declarant").identifier.parse
    assert len(printed) == len(DECLARANTS)
    for one, invitation in zip(DECLARANTS, printed, strict=True):
        siret, names = (
            invitation.identifier[: -len(one.last_name + one.first_name) - 2],
            (one.last_name, one.first_name),
        )
        assert parse(" ".join(("".join(siret.split()), *names))) == one.identifier
        assert check_password(invitation.password, account(one).password)
        assert not Provisional.objects.filter(account=account(one)).exists()


def test_they_stand_for_every_role() -> None:
    found = {one: acteur_of(account=account(one)) for one in DECLARANTS}
    boss, colleague, candidate, firm = (found[one] for one in (BOSS, COLLEAGUE, CANDIDATE, FIRM))
    assert boss
    assert colleague
    assert candidate
    assert firm
    assert boss.administrateur
    assert boss.declarant
    assert colleague.declarant
    assert not colleague.administrateur
    assert candidate.is_candidate
    assert candidate.inscription == boss.inscription
    assert (boss.inscription.genre, firm.inscription.genre) == (Genre.MULTI, Genre.TIERS)


def test_one_declaration_is_open_and_the_others_show_their_countdown() -> None:
    boss = acteur_of(account=account(BOSS))
    assert boss
    assert {one.code: one.is_open for one in declarations(inscription=boss.inscription)} == {
        "dsn": True, "pasrau": False, "c3s": False,
    }  # fmt: skip
    assert may_file(account=account(COLLEAGUE), siret=COLLEAGUE.siret, declaration="dsn").ok
    assert not may_file(account=account(COLLEAGUE), siret=COLLEAGUE.siret, declaration="c3s").ok


def test_loading_again_changes_nothing() -> None:
    def counted() -> tuple[int, int]:
        return Inscription.objects.count(), Habilitation.objects.count()

    before = counted()
    operations.load()
    assert counted() == before


def test_the_company_to_register_is_open_and_nobody_s() -> None:
    place = entreprises.etablissement(siret=register.siret(TO_REGISTER))
    assert place
    assert not place.is_closed
    assert not Inscription.objects.filter(siren=register.siren(TO_REGISTER)).exists()
