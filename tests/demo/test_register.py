"""The demonstration's register and accounts."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from guichet.accounts.models import Account
from guichet.demo import operations, register
from guichet.demo.accounts import SIGN_INS
from guichet.demo.agents import AGENTS
from guichet.demo.people import PEOPLE
from guichet.demo.subscribers import SUBSCRIBERS
from guichet.entreprises import queries
from guichet.entreprises.operations import import_sirene
from guichet.kernel.identifiers import Siren, Siret
from tests.entreprises import files

AtMost = Callable[[int], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _addresses(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.demo.urls"


def test_every_number_is_right_and_nobodys() -> None:
    sirens = [register.siren(rank) for rank in range(register.SIZE)]
    assert len(set(sirens)) == register.SIZE
    assert all(Siren.parse(number) == number for number in sirens)
    assert all(Siret.parse(register.siret(rank)).siren == sirens[rank] for rank in range(register.SIZE))
    assert max(sirens) < "000300000"


def test_the_same_register_is_written_every_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, second = register.write(tmp_path), register.write(tmp_path / "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.django_db
def test_the_register_holds_every_kind_of_unit() -> None:
    operations.load()
    units = [queries.unite(siren=register.siren(rank)) for rank in range(register.SIZE)]
    found = [unit for unit in units if unit]
    assert len(found) == register.SIZE
    assert all(unit.siege for unit in found)
    assert 20 < sum(unit.is_closed for unit in found) < 100
    assert 5 < sum(not unit.diffusible for unit in found) < 60
    assert sum(unit.is_association for unit in found) > 250
    assert any(unit.category_code == "1000" for unit in found)
    assert any(unit.category_code == "5710" for unit in found)
    assert queries.search(text="amis de la forêt valclair")[0].siren == SIGN_INS[0].identifier


@pytest.mark.django_db
def test_the_sign_ins_open_accounts_of_the_register() -> None:
    invitations = operations.load()
    assert len(SIGN_INS) >= 2
    for invitation in invitations[: len(SIGN_INS)]:
        account = Account.objects.get(espace="association", identifier=invitation.identifier)
        assert check_password(invitation.password, account.password)
        assert account.profile["in_register"]
        assert invitation.url.startswith("http")


@pytest.mark.django_db
def test_an_invitation_without_a_password_is_to_register_an_association(client: Client) -> None:
    invitation, _ = (one for one in operations.load() if not one.password)
    answer = client.post(urlsplit(invitation.url).path, {"siren": invitation.identifier})
    assert answer["Location"] == reverse("association:register_details", args=[invitation.identifier])


@pytest.mark.django_db
def test_the_agents_of_the_demo_may_sign_in() -> None:
    found = [one for one in operations.load() if one.url.endswith(reverse("agents:sign_in"))]
    assert len(found) == len(AGENTS)
    for invitation in found:
        account = Account.objects.get(espace="agents", identifier=invitation.identifier)
        assert check_password(invitation.password, account.password)


@pytest.mark.django_db
def test_the_subscribers_of_the_demo_may_sign_in_and_have_their_numbers() -> None:
    for invitation in operations.load()[len(SIGN_INS) : len(SIGN_INS) + len(SUBSCRIBERS)]:
        account = Account.objects.get(espace="abonne", identifier=invitation.identifier)
        assert check_password(invitation.password, account.password)
        assert account.number
        assert account.siren == register.siren(register.FIRM)


@pytest.mark.django_db
def test_the_people_of_the_demo_are_one_of_each_kind_and_may_sign_in() -> None:
    before = len(SIGN_INS) + len(SUBSCRIBERS)
    kinds = {}
    for invitation in operations.load()[before : before + len(PEOPLE)]:
        account = Account.objects.get(espace="prive", identifier=invitation.identifier)
        assert check_password(invitation.password, account.password)
        unite = queries.unite(siren=account.siren) if account.siren else None
        kinds[account.profile["kind"]] = unite.name if unite else ""
        assert account.profile["company"] == kinds[account.profile["kind"]]
    assert list(kinds) == ["particulier", "exploitant", "employeur"]
    assert all(kinds[kind] for kind in ("exploitant", "employeur"))


@pytest.mark.django_db
def test_loading_again_changes_nothing(django_assert_max_num_queries: AtMost) -> None:
    operations.load()
    before = list(Account.objects.order_by("id").values())
    with django_assert_max_num_queries(26):
        call_command("load_demo", stdout=io.StringIO())
    assert list(Account.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_a_register_that_somebody_imported_stays(tmp_path: Path) -> None:
    import_sirene(unites=files.write(tmp_path / "u.csv", [files.unite(1, "VRAIE")]))
    operations.load()
    assert queries.unite(siren=files.siren(1))
    assert queries.unite(siren=register.siren(0)) is None


@override_settings(DEMO=False, TESTING=False)
def test_a_real_portal_refuses_the_demonstration() -> None:
    with pytest.raises(operations.NotADemo):
        operations.load()


@pytest.mark.django_db
def test_one_company_has_several_etablissements_and_one_of_them_is_closed() -> None:
    operations.load()
    numbers = [register.siret(register.CARRIER, place) for place in range(1, register.CARRIER_PLACES + 1)]
    found = [queries.etablissement(siret=number) for number in numbers]
    assert [one.is_closed for one in found if one] == [False, False, False, False, True]
    assert [one.is_siege for one in found if one] == [True, False, False, False, False]
