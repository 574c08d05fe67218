"""Every address of the portal, asked for by everybody, with somebody else's objects in it."""

import re
from typing import Any

import pytest
from django.urls import Resolver404, resolve, reverse

from guichet.accounts.models import Account, Session
from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot, DepotFile
from tests.autorisations import table
from tests.autorisations.reading import ROLES, Row, doubles, namespaces, rows
from tests.autorisations.world import PASSWORD, World, names, state, undone, writes

pytestmark = pytest.mark.django_db

ROWS = rows()
WITH_FILES = sorted(name for code, name in namespaces().items() if teleprocedures()[code].files)
LINKS = {
    "web:activate",
    "web:new_password",
    "web:confirm_email",
    "web:provisional",
    "confirm",
    "confirm_receipt",
}
REFUSED = {"sign-in", "forbidden", "unknown", "method"}
# Opening these does something: « Votre compte est créé » (000, step 3), receipts are made where missing, and
# colleagues are told who has a filing open; a message that is opened is read.
READING_WRITES = {
    "web:activate",
    "receipt",
    "confirm_receipt",
    "desk:dossier",
    "prive:message",
    "declarant:message",
}
STATUSES = {403: "forbidden", 404: "unknown", 405: "method", 422: "invalid"}
SIGN_IN = re.compile(r"/\w+/connexion/\?suite=")


def outcome(answer: Any) -> str:
    """The tables' word for ``answer``."""
    if answer.status_code in (302, 303):
        return "sign-in" if SIGN_IN.match(answer.url) else "onwards"
    if answer.status_code != 200:
        return STATUSES.get(answer.status_code, str(answer.status_code))
    saved = answer.get("Content-Disposition", "").startswith("attachment")
    return "file" if saved or answer["Content-Type"].startswith("image/") else "page"


def asked(world: World, role: str, method: str, url: str) -> Any:
    """The answer to ``role``, with an empty form where something is sent."""
    browser = world.browser(role)
    return browser.get(url) if method == "GET" else browser.post(url)


def test_the_tables_name_every_address_and_every_role(world: World) -> None:
    assert {row.name for row in ROWS} == names()
    assert len(ROWS) == 2 * len(names())
    assert not doubles()
    for row in ROWS:
        assert set(row.outcomes) == set(ROLES), row.name


def test_the_pages_of_the_half_signed_in_exist(world: World) -> None:
    assert {name for name, _method in table.HALF} <= names()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.method} {row.name}" for row in ROWS])
def test_address(world: World, row: Row) -> None:
    url = world.url(row.name)
    got, changed, kept_by_caches = {}, set(), set()
    for role in ROLES:
        with undone(), world.moment(role):
            before = writes()
            answer = asked(world, role, row.method, url)
            got[role] = outcome(answer)
            if writes() != before and state() != world.state:
                changed.add(got[role])
            if "no-store" not in answer.get("Cache-Control", ""):
                kept_by_caches.add(role)
    assert got == row.outcomes
    assert not changed & REFUSED
    reading_writes = {row.name, row.name.partition(":")[2]} & READING_WRITES
    assert row.method == "POST" or not changed or reading_writes
    if row.name in LINKS and row.method == "GET":
        assert not kept_by_caches
    if "sign-in" in row.outcomes.values():
        assert not kept_by_caches & set(ROLES) - {"anonymous", "expired"}


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_nothing_is_sent_without_the_forms_secret(world: World, name: str) -> None:
    url = world.url(name)
    for role in ROLES:
        with undone(), world.moment(role):
            before = writes()
            assert world.browser(role, csrf=True).post(url).status_code == 403
            assert writes() == before


@pytest.mark.parametrize("name", ["remove", "move", "original"])
@pytest.mark.parametrize("namespace", WITH_FILES)
def test_a_strangers_file_under_ones_own_filing(world: World, namespace: str, name: str) -> None:
    place = world.places[f"{namespace}:{name}"]
    mine = Depot.objects.get(pk=DepotFile.objects.get(pk=place["file_id"]).depot_id)
    role = "rival" if mine.espace == "declarant" else "neighbour"
    mine.pk = None
    stranger = Account.objects.get(pk=world.browser(role).session["_auth_user_id"])
    mine.account, mine.siren, mine.reference, mine.verification_code = stranger, "404833048", "X", "Y"
    mine._state.adding = True
    with undone():
        mine.save()
        before = state()
        url = reverse(f"{namespace}:{name}", kwargs={**place, "depot_id": mine.pk})
        for method in ("GET", "POST"):
            assert outcome(asked(world, role, method, url)) in {"unknown", "method"}
        assert state() == before


def test_a_strangers_session_is_not_ones_own_to_close(world: World) -> None:
    theirs = Session.objects.exclude(account=world.neighbour).filter(account__isnull=False)
    for session in theirs:
        world.browser("neighbour").post(reverse("association:sessions"), {"session": session.pk})
    assert outcome(world.browser("owner").get(reverse("association:home"))) == "page"


@pytest.mark.parametrize("door", ["voisine", "agents"])
def test_a_password_opens_its_own_door_only(world: World, door: str) -> None:
    form = {"identifier": world.neighbour.identifier, "password": PASSWORD}
    answer = world.browser("anonymous").post(reverse(f"{door}:sign_in"), form)
    assert outcome(answer) == "invalid"


def test_the_demonstrations_pages_are_there_alone() -> None:
    with pytest.raises(Resolver404):
        resolve("/demo/messagerie/", urlconf="guichet.config.urls")


def test_what_is_written_is_noticed(world: World) -> None:
    """The count that spares looking at every table sees each kind of writing."""
    with undone():
        counts = [writes()]
        Depot.objects.filter(pk=Depot.objects.order_by("pk")[0].pk).update(capacity="Autre")
        counts.append(writes())
        Session.objects.all().delete()
        counts.append(writes())
    assert counts[0] < counts[1] == counts[2]
