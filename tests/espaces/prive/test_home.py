"""« Mon espace privé » of the three kinds, « Contact & échanges », and where declarations are made (001)."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts.models import Account
from guichet.courriers.models import Pli
from guichet.espaces.prive import services
from guichet.espaces.prive.services import ServicesInvalid
from guichet.kernel import clock
from tests.espaces.prive import people
from tests.parcours import register as sirene
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
KINDS = ("particulier", "exploitant", "employeur")


def pli(account: Account, *, read: bool = False) -> None:
    now = clock.now()
    Pli.objects.create(
        box=account.subject,
        subject="Une question",
        body="Où est la page 2 ?",
        created_at=now,
        read_at=now if read else None,
    )


def links(page: str) -> set[str]:
    main = page[page.index("<main") : page.index("</main>")]
    return set(re.findall(r'href="(/[^"#?]*)"', main))


@pytest.mark.parametrize(
    ("kind", "label", "declarations", "household"),
    [
        ("particulier", "Particulier", ["ressources", "changement-de-situation"], True),
        ("exploitant", "Exploitant", ["revenus-professionnels", "embauche"], True),
        ("employeur", "Employeur", ["declaration-sociale", "embauche"], False),
    ],
)
def test_the_three_kinds_differ(kind: str, label: str, declarations: list[str], household: bool) -> None:
    client = people.signed_in(people.somebody(kind))
    page = text_of(client.get("/prive/"))
    assert "<h1>Mon espace privé</h1>" in page
    assert label in page
    assert ("SIREN" in page) is (kind != "particulier")
    found = links(page)
    assert {"/prive/documents/", "/prive/contact/", "/prive/compte/"} <= found
    assert {f"/prive/declarations/{slug}/" for slug in declarations} <= found
    assert ("/prive/foyer/" in found) is household
    assert {way: client.get(way).status_code for way in found} == dict.fromkeys(found, 200)


def test_what_leads_to_the_household_is_one_card() -> None:
    found = links(text_of(people.signed_in(people.somebody()).get("/prive/")))
    assert [one for one in found if one.startswith("/prive/foyer/")] == ["/prive/foyer/"]


def test_an_account_without_a_kind_is_a_particulier() -> None:
    assert "Particulier" in text_of(people.signed_in(people.somebody(profile={"name": "Noé"})).get("/prive/"))


def test_a_name_that_the_register_withholds_is_not_made_up() -> None:
    profile = {"kind": "employeur", "name": "Noé Exemple", "siren": sirene.SIRENS[0], "company": ""}
    account = people.somebody("employeur", profile=profile)
    assert "nom non diffusé" in text_of(people.signed_in(account).get("/prive/"))


def test_no_name_becomes_markup() -> None:
    profile = {"kind": "employeur", "name": "<b>Noé", "siren": sirene.SIRENS[0], "company": "<i>Lavoir"}
    client = people.signed_in(people.somebody("employeur", profile=profile))
    for address in ("/prive/", "/prive/compte/"):
        page = html_of(client.get(address))
        assert "&lt;b&gt;Noé" in page
        assert "<b>Noé" not in page
        assert "<i>Lavoir" not in page


@pytest.mark.parametrize("address", ["/prive/", "/prive/contact/"])
@pytest.mark.parametrize(("unread", "said"), [(0, ""), (1, "1 message non lu"), (2, "2 messages non lus")])
def test_what_was_not_read_is_counted(address: str, unread: int, said: str) -> None:
    account = people.somebody()
    pli(account, read=True)
    for _ in range(unread):
        pli(account)
    page = text_of(people.signed_in(account).get(address))
    main = page[page.index("<main") :]
    assert said in main
    assert ("non lu" in main) is bool(unread)


def test_the_access_path_of_the_reference() -> None:
    client = people.signed_in(people.somebody())
    page = text_of(client.get("/prive/contact/"))
    assert '<a href="/prive/">Mon espace privé</a>' in page
    assert '<li aria-current="page">Contact & échanges</li>' in page
    assert 'href="/prive/messages/"' in page
    assert "Accéder à la messagerie" in page
    assert "Caisse de démonstration" in page
    messages = text_of(client.get("/prive/messages/"))
    assert '<a href="/prive/contact/">Contact & échanges</a>' in messages


class TestDeclarations:
    """The first two buttons of the sending lead there."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_two_for_each_kind_with_words_of_their_own(self, kind: str) -> None:
        found = services.declarations(people.somebody(kind))
        assert len(found) == len({one.slug for one in found}) == 2
        assert all(one.label and one.summary and not one.address for one in found)

    def test_without_an_address_the_page_says_whom_to_ask(self) -> None:
        page = text_of(people.signed_in(people.somebody()).get("/prive/declarations/ressources/"))
        assert "ne reçoit pas cette déclaration" in page
        assert 'href="tel:0199000003"' in page
        assert 'rel="external' not in page

    def test_with_an_address_the_page_says_where_one_is_going(
        self, tmp_path: Path, settings: SettingsWrapper
    ) -> None:
        settings.PRIVE_SERVICES = str(written(tmp_path, whole(address="https://ressources.example/a")))
        page = text_of(people.signed_in(people.somebody()).get("/prive/declarations/un/"))
        assert 'href="https://ressources.example/a" rel="external noreferrer"' in page
        assert "sur un autre site" in page
        assert "ne reçoit pas" not in page

    @pytest.mark.parametrize("slug", ["inconnue", "revenus-professionnels"])
    def test_another_kinds_is_no_address(self, slug: str) -> None:
        client = people.signed_in(people.somebody())
        assert client.get(f"/prive/declarations/{slug}/").status_code == 404

    def test_nobody_sees_them_without_signing_in(self) -> None:
        answer = Client().get("/prive/declarations/ressources/")
        assert answer["Location"].startswith("/prive/connexion/")


def one(kind: str, slug: str, /, **changes: str) -> str:
    fields = {"slug": slug, "label": "Un service", "summary": "Pour déclarer.", "address": "", **changes}
    lines = [f'{name} = "{text}"' for name, text in fields.items()]
    return "\n".join([f"[[{kind}]]", *lines, ""])


def whole(**changes: str) -> str:
    """A file that holds, unless ``changes`` of its first service spoil it."""
    first = one("particulier", "un", **changes)
    others = [one(kind, slug) for kind in KINDS for slug in ("un", "deux")][1:]
    return "\n".join([first, *others])


def written(folder: Path, text: str) -> Path:
    path = folder / "services.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("particulier = [", "TOML"),
        ("", "il faut 2 éléments [[particulier]], et non 0"),
        (whole() + one("particulier", "trois"), "et non 3"),
        (whole() + one("autre", "un"), "« autre » est inconnu"),
        (whole(slug="deux"), "même « slug »"),
        (whole(slug="Un Deux"), "slug invalide « Un Deux »"),
        (whole(slug="-un"), "slug invalide"),
        (whole(label=" "), "« label » et « summary »"),
        (whole(summary=""), "« label » et « summary »"),
        (whole(address="http://ressources.example"), "https://"),
        (whole(address="javascript:alert(1)"), "https://"),
        (whole(address="https://a.example/ b"), "https://"),
        (whole(prix="3"), "sont connus"),
        (whole().replace('address = ""', "address = 3", 1), "sont des textes"),
    ],
)
def test_a_file_that_does_not_hold_says_what_is_wrong(
    tmp_path: Path, settings: SettingsWrapper, text: str, said: str
) -> None:
    settings.PRIVE_SERVICES = str(written(tmp_path, text))
    with pytest.raises(ServicesInvalid) as refused:
        services.current()
    assert said in str(refused.value)
    with pytest.raises(SystemCheckError, match="GUICHET_PRIVE_SERVICES"):
        call_command("check")


def test_a_file_that_is_not_there_says_so(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.PRIVE_SERVICES = str(tmp_path / "absent.toml")
    with pytest.raises(ServicesInvalid, match="ne peut pas être lu"):
        services.current()
