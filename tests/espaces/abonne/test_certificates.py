"""The pages of the certificate: what each leads to, and who cannot open them (004, step 2)."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from django.conf import settings as portal
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django.fixtures import Settings

from guichet.accounts import operations, queries
from guichet.accounts.models import Account, BoundCertificate, TrustAnswer
from guichet.accounts.rules import folded_answer
from guichet.espaces.abonne.certificates import WITHIN
from guichet.kernel import clock
from guichet.web.certificates import PROOF, VERIFY
from tests.accounts.factor import Telephone, Watch, signed_in, watch
from tests.accounts.people import PASSWORD, an_account, mail
from tests.web.authority import PROXY, SECRET, Authority, headers, key_hash, new_key
from tests.web.authority import presented as a_certificate
from tests.web.people import Answer, html_of, text_of

pytestmark = pytest.mark.django_db
EMAIL, ANSWER = "camille@cabinet.example", "Le clafoutis"
SIGN_IN, REGISTER = "/abonne/certificat/connexion/", "/abonne/certificat/inscription/"
RENEW, CODE, REPLY = (f"/abonne/certificat/renouvellement/{rest}" for rest in ("", "code/", "reponse/"))
DONE = "/abonne/certificat/renouvellement/termine/"
AT_THE_DOOR = [SIGN_IN, REGISTER, RENEW, CODE, REPLY, DONE]
MINE = "/abonne/votre-certificat/"
DOOR = "https://guichet.example:8443"


@pytest.fixture(autouse=True)
def _door(settings: Settings) -> None:
    settings.CERTIFICATE_PROXIES, settings.CERTIFICATE_SECRET = [PROXY], SECRET
    settings.CERTIFICATE_URL = DOOR
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def now() -> Iterator[Watch]:
    with watch() as stopped:
        yield stopped


class Visitor:
    """A browser at the door of certificates, which shows that of ``key``."""

    def __init__(self, certificate: x509.Certificate | None = None, client: Client | None = None) -> None:
        self.client = client or Client()
        self.sent: dict[str, Any] = {
            "headers": {**headers(certificate), "Host": urlsplit(DOOR).netloc},
            "REMOTE_ADDR": PROXY,
        }

    def get(self, path: str) -> Answer:
        return self.client.get(path, **self.sent)

    def post(self, path: str, **data: str) -> Answer:
        return self.client.post(path, data, **self.sent)


def a_subscriber(*, password: bool = True, **values: Any) -> Account:
    account = an_account(EMAIL, espace="abonne", email=EMAIL, **values)
    kept = {"question": "hated_dish", "answer": make_password(folded_answer(ANSWER))}
    TrustAnswer.objects.create(account=account, chosen_at=clock.now(), **kept)
    if not password:
        account.set_unusable_password()
        account.save()
    return account


@pytest.fixture
def authority() -> Authority:
    return Authority()


def bound(authority: Authority, account: Account) -> x509.Certificate:
    """A certificate that opens ``account``."""
    key = new_key()
    operations.bind_certificate(account=account, presented=a_certificate(key=key_hash(key)))
    return authority.issue(key=key)


def title_of(answer: Answer) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html_of(answer), re.DOTALL)
    assert found
    return found[1]


def code() -> str:
    found = re.search(r"^([A-Za-z0-9]{12})$", mail("code_de_certificat").body, re.MULTILINE)
    assert found
    return found[1]


# At the ordinary door


@pytest.mark.parametrize("path", AT_THE_DOOR)
def test_the_links_lead_to_where_a_certificate_is_asked_for(path: str) -> None:
    answer = Client().get(f"{path}?suite=/abonne/")
    assert (answer.status_code, answer["Location"]) == (302, f"{DOOR}{path}?suite=/abonne/")


@pytest.mark.parametrize("path", AT_THE_DOOR)
def test_a_portal_that_takes_none_says_so_and_what_the_other_way_is(settings: Settings, path: str) -> None:
    settings.CERTIFICATE_URL = ""
    for answer in (Client().get(path), Client().post(path, {})):
        assert answer.status_code == 200
        assert title_of(answer) == "Les certificats ne sont pas acceptés ici"
        assert 'href="/abonne/connexion/"' in html_of(answer)
        assert 'href="/abonne/inscription/"' in html_of(answer)


def test_forged_headers_change_nothing_at_the_ordinary_door(authority: Authority) -> None:
    certificate = bound(authority, a_subscriber())
    client = Client(REMOTE_ADDR="198.51.100.4")
    for forged in (
        headers(certificate),
        headers(certificate) | {PROOF: "x"},
        headers() | {VERIFY: "FAILED:x"},
    ):
        for answer in (client.get(SIGN_IN, headers=forged), client.post(SIGN_IN, headers=forged)):
            assert (answer.status_code, answer["Location"]) == (302, f"{DOOR}{SIGN_IN}")
        assert client.get("/abonne/connexion/", headers=forged).status_code == 200
        assert client.get("/abonne/", headers=forged).status_code == 302  # to the sign-in page
        assert client.get("/", headers=forged).status_code == 200


def test_a_door_that_nobody_vouches_for_does_not_send_people_round_in_circles(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = Client().get(SIGN_IN, headers={"Host": urlsplit(DOOR).netloc})
    assert answer.status_code == 503
    assert "La faute est de notre côté" in text_of(answer)
    assert "nothing that its server says can be believed" in caplog.text


# Signing in


def test_signing_in_shows_the_certificate_first_and_lands_at_the_ordinary_door(authority: Authority) -> None:
    account = a_subscriber()
    visitor = Visitor(bound(authority, account))
    shown = visitor.get(f"{SIGN_IN}?suite=/abonne/sessions/")
    assert "Camille Exemple" in text_of(shown)
    assert shown["Cache-Control"] == "no-store"
    assert f"form-action 'self' {portal.BASE_URL}" in shown["Content-Security-Policy"]
    assert BoundCertificate.objects.get().last_used_at is None  # looking signs nobody in
    Account.objects.update(factor_since=None)
    answer = visitor.post(SIGN_IN, suite="/abonne/sessions/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{portal.BASE_URL}/abonne/")
    assert visitor.client.get("/abonne/sessions/").status_code == 200


def test_no_other_site_is_led_to(authority: Authority) -> None:
    account = a_subscriber()
    visitor = Visitor(bound(authority, account))
    for wanted in ("https://ailleurs.example/", "//ailleurs.example", "@ailleurs.example"):
        assert "ailleurs" not in visitor.post(SIGN_IN, suite=wanted)["Location"]


def test_the_session_has_a_new_key(authority: Authority) -> None:
    visitor = Visitor(bound(authority, a_subscriber()))
    visitor.post(RENEW, identifier="personne@cabinet.example")
    before = visitor.client.cookies[portal.SESSION_COOKIE_NAME].value
    visitor.post(SIGN_IN)
    assert visitor.client.cookies[portal.SESSION_COOKIE_NAME].value != before


def test_a_second_factor_is_asked_for_all_the_same(authority: Authority) -> None:
    account = a_subscriber()
    certificate = bound(authority, account)
    telephone = Telephone(account)
    Account.objects.update(factor_since=clock.now())
    visitor = Visitor(certificate)
    answer = visitor.post(SIGN_IN)
    assert answer["Location"] == f"{portal.BASE_URL}/abonne/connexion/code/"
    assert visitor.client.get("/abonne/sessions/").status_code == 302  # nobody is signed in yet
    answer = visitor.client.post("/abonne/connexion/code/", {"code": telephone.code(periods=1)})
    assert answer.status_code == 302, text_of(answer)
    assert visitor.client.get("/abonne/sessions/").status_code == 200


def test_where_the_espace_obliges_one_is_linked_first(authority: Authority, settings: Settings) -> None:
    from guichet.accounts import definitions

    settings.SECOND_FACTOR = ["abonne"]
    definitions.espaces.cache_clear()
    try:
        visitor = Visitor(bound(authority, a_subscriber()))
        answer = visitor.post(SIGN_IN)
        assert visitor.client.get("/abonne/sessions/").status_code == 302
    finally:
        settings.SECOND_FACTOR = []
        definitions.espaces.cache_clear()
    assert answer["Location"].startswith(f"{portal.BASE_URL}/abonne/")
    assert answer["Location"] != f"{portal.BASE_URL}/abonne/"


REFUSED = [
    ("FAILED:certificate has expired", 403, "Votre certificat a expiré"),
    ("FAILED:certificate is not yet valid", 403, "Votre certificat n’est pas encore valable"),
    ("FAILED:certificate revoked", 403, "Votre certificat a été révoqué"),
    ("FAILED:self-signed certificate", 403, "L’émetteur de votre certificat n’est pas accepté"),
    ("FAILED:CRL has expired", 503, "Les certificats ne peuvent pas être vérifiés en ce moment"),
    ("NONE", 403, "Aucun certificat n’a été présenté"),
    ("", 400, "Votre certificat est illisible"),
]


@pytest.mark.parametrize("path", AT_THE_DOOR)
@pytest.mark.parametrize(("said", "status", "title"), REFUSED)
def test_each_refusal_has_its_page(
    authority: Authority, path: str, said: str, status: int, title: str
) -> None:
    visitor = Visitor(bound(authority, a_subscriber()))
    visitor.sent["headers"][VERIFY] = said
    for answer in (visitor.get(path), visitor.post(path)):
        assert (answer.status_code, title_of(answer)) == (status, title)
        assert 'href="/abonne/connexion/"' in html_of(answer)
    assert visitor.client.get("/abonne/sessions/").status_code == 302


def test_a_suspended_account_says_so(authority: Authority) -> None:
    certificate = bound(authority, a_subscriber())
    Account.objects.update(suspended_at=clock.now())
    answer = Visitor(certificate).post(SIGN_IN)
    assert answer.status_code == 403
    assert "suspendu" in text_of(answer)


def test_too_many_unbound_certificates_are_told_when_to_come_back(authority: Authority) -> None:
    visitor = Visitor(authority.issue())
    for _ in range(10):
        assert visitor.post(SIGN_IN).status_code == 403
    answer = visitor.post(SIGN_IN)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_sign_ins_from_one_address_are_counted_with_those_by_password(
    authority: Authority, settings: Settings
) -> None:
    settings.LIMITS_A_MINUTE = {"sign_ins": 2}
    visitor = Visitor(bound(authority, a_subscriber()))
    assert [visitor.post(SIGN_IN).status_code for _ in range(3)] == [302, 302, 429]


# Registering


def test_the_registration_goes_on_with_the_certificate_and_asks_for_no_password(authority: Authority) -> None:
    visitor = Visitor(authority.issue())
    assert visitor.get(REGISTER).status_code == 200
    answer = visitor.post(REGISTER)
    assert answer["Location"] == f"{portal.BASE_URL}/abonne/inscription/"
    shown = visitor.client.get("/abonne/inscription/")
    assert "Vous vous abonnez avec le certificat de Camille Exemple." in text_of(shown)
    answer = visitor.client.post("/abonne/inscription/", {"accepted": "on"}, follow=True)
    assert 'name="password"' not in html_of(answer)


def test_one_may_go_on_without_it(authority: Authority) -> None:
    visitor = Visitor(authority.issue())
    visitor.post(REGISTER)
    assert visitor.client.get("/abonne/inscription/sans-certificat/").status_code == 405
    visitor.client.post("/abonne/inscription/sans-certificat/")
    assert "certificat de" not in text_of(visitor.client.get("/abonne/inscription/"))
    answer = visitor.client.post("/abonne/inscription/", {"accepted": "on"}, follow=True)
    assert 'name="password"' in html_of(answer)


def test_a_key_that_opens_an_account_does_not_register_another(authority: Authority) -> None:
    visitor = Visitor(bound(authority, a_subscriber()))
    for answer in (visitor.get(REGISTER), visitor.post(REGISTER)):
        assert (answer.status_code, title_of(answer)) == (409, "Ce certificat ouvre déjà un autre espace")
        assert EMAIL not in text_of(answer)
    assert "certificat de" not in text_of(visitor.client.get("/abonne/inscription/"))


# Renewing


def test_renewing_by_code_and_answer(authority: Authority) -> None:
    account = a_subscriber()
    bound(authority, account)
    visitor = Visitor(authority.issue("Camille Nouvelle"))
    assert "Camille Nouvelle" in text_of(visitor.get(RENEW))
    assert visitor.post(RENEW, identifier=EMAIL)["Location"] == CODE
    assert "cantine" not in text_of(visitor.get(CODE))  # the question would tell that there is an account
    assert visitor.post(CODE, code="aaaaaaaaaaaa").status_code == 422
    assert visitor.post(CODE, code=code())["Location"] == REPLY
    shown = visitor.get(REPLY)
    assert "Quel plat détestiez-vous à la cantine ?" in text_of(shown)
    assert visitor.post(REPLY, answer="gratin").status_code == 422
    assert visitor.post(REPLY, answer="le clafoutis")["Location"] == DONE
    assert "ouvre désormais votre espace" in text_of(visitor.get(DONE))
    assert visitor.client.get("/abonne/sessions/").status_code == 302  # that signs nobody in
    visitor.post(SIGN_IN)
    assert visitor.client.get("/abonne/sessions/").status_code == 200


def test_an_unknown_address_sees_the_same_pages() -> None:
    a_subscriber()
    told = []
    for identifier in (EMAIL, "personne@cabinet.example"):
        visitor = Visitor(Authority().issue())
        asked = visitor.post(RENEW, identifier=identifier)
        refused = visitor.post(CODE, code="aaaaaaaaaaaa")
        page = re.sub(r'value="\w{64}"', "", html_of(refused).replace(identifier, "X"))
        serial = r"<dd[^>]*>[0-9A-F]{30,}</dd>"
        told.append((asked.status_code, asked["Location"], refused.status_code, re.sub(serial, "", page)))
    assert told[0] == told[1]


def test_no_step_is_jumped_over(authority: Authority) -> None:
    a_subscriber()
    visitor = Visitor(authority.issue())
    for path in (CODE, REPLY):
        assert visitor.get(path)["Location"] == RENEW
        assert visitor.post(path, answer=ANSWER, code="a")["Location"] == RENEW
    visitor.post(RENEW, identifier=EMAIL)
    assert visitor.post(REPLY, answer=ANSWER)["Location"] == RENEW
    assert not BoundCertificate.objects.exists()


def test_the_answer_comes_soon_after_the_code(authority: Authority, now: Watch) -> None:
    a_subscriber()
    visitor = Visitor(authority.issue())
    visitor.post(RENEW, identifier=EMAIL)
    visitor.post(CODE, code=code())
    now.forward(WITHIN - dt.timedelta(seconds=1))
    assert visitor.get(REPLY).status_code == 200
    now.forward(dt.timedelta(seconds=1))
    assert visitor.get(REPLY)["Location"] == RENEW
    assert visitor.post(REPLY, answer=ANSWER)["Location"] == RENEW


def test_what_is_bound_is_what_is_presented_at_the_last_step(authority: Authority) -> None:
    account = a_subscriber()
    first, last = new_key(), new_key()
    visitor = Visitor(authority.issue(key=first))
    visitor.post(RENEW, identifier=EMAIL)
    visitor.post(CODE, code=code())
    changed = Visitor(authority.issue(key=last), visitor.client)
    changed.post(REPLY, answer=ANSWER)
    assert operations.opens(account=account, key=key_hash(last))
    assert not operations.opens(account=account, key=key_hash(first))


def test_the_key_of_another_account_is_refused_without_naming_it(authority: Authority) -> None:
    account = a_subscriber()
    other = an_account("alex@cabinet.example", espace="abonne", email="alex@cabinet.example")
    visitor = Visitor(bound(authority, other))
    visitor.post(RENEW, identifier=EMAIL)
    visitor.post(CODE, code=code())
    answer = visitor.post(REPLY, answer=ANSWER)
    assert answer.status_code == 409
    assert "alex" not in text_of(answer)
    assert queries.certificates_of(account=account) == []


def test_who_has_no_question_any_more_gives_the_code_alone(authority: Authority) -> None:
    account = a_subscriber()
    operations.forget_answer(espace="abonne", identifier=EMAIL, actor="operator")
    key = new_key()
    visitor = Visitor(authority.issue(key=key))
    visitor.post(RENEW, identifier=EMAIL)
    visitor.post(CODE, code=code())
    assert 'name="answer"' not in html_of(visitor.get(REPLY))
    assert visitor.post(REPLY)["Location"] == DONE
    assert operations.opens(account=account, key=key_hash(key))


def test_who_came_in_by_the_former_one_needs_one_button(authority: Authority) -> None:
    account = a_subscriber()
    visitor = Visitor(bound(authority, account))
    visitor.post(SIGN_IN)
    key = new_key()
    after = Visitor(authority.issue("Camille Nouvelle", key=key), visitor.client)
    page = after.get(RENEW)
    assert "prendra sa place" in text_of(page)
    assert "Camille Nouvelle" in text_of(page)
    assert after.post(RENEW)["Location"] == DONE
    assert operations.opens(account=account, key=key_hash(key))
    assert visitor.client.get("/abonne/sessions/").status_code == 200  # this session stays


def test_who_came_in_by_password_proves_who_they_are(authority: Authority) -> None:
    account = a_subscriber()
    bound(authority, account)
    visitor = Visitor(authority.issue(), signed_in(account))
    assert 'name="identifier"' in html_of(visitor.get(RENEW))
    assert visitor.post(RENEW).status_code == 422
    assert len(queries.certificates_of(account=account)) == 1


def test_a_session_that_a_certificate_began_is_no_proof_once_that_has_ended(authority: Authority) -> None:
    account = a_subscriber()
    visitor = Visitor(bound(authority, account))
    visitor.post(SIGN_IN)
    visitor.client.post(f"{MINE}{BoundCertificate.objects.get().pk}/retirer/")
    after = Visitor(authority.issue(), visitor.client)
    assert 'name="identifier"' in html_of(after.get(RENEW))
    assert after.post(RENEW).status_code == 422


def test_somebody_else_s_session_is_no_proof(authority: Authority) -> None:
    """The certificate began another person's session in this browser, and was ended by signing out."""
    visitor = Visitor(bound(authority, a_subscriber()))
    visitor.post(SIGN_IN)
    visitor.client.post("/abonne/deconnexion/")
    other = an_account("alex@cabinet.example", espace="abonne", email="alex@cabinet.example")
    known = {"identifier": other.identifier, "password": PASSWORD}
    visitor.client.post("/abonne/connexion/", known)
    after = Visitor(authority.issue(), visitor.client)
    assert 'name="identifier"' in html_of(after.get(RENEW))


# One's own


def test_one_sees_what_opens_one_s_espace_and_takes_it_away(authority: Authority) -> None:
    account = a_subscriber(password=False)
    bound(authority, account)
    client = signed_in(account)
    assert "1F" in text_of(client.get(MINE))
    end = f"{MINE}{BoundCertificate.objects.get().pk}/retirer/"
    assert "Vous n’avez pas de mot de passe" in text_of(client.get(end))
    assert BoundCertificate.objects.get().ended_at is None
    assert client.post(end)["Location"] == MINE
    page = text_of(client.get(MINE))
    assert "Aucun certificat n’ouvre votre espace abonné." in page
    assert "n’ouvrent plus votre espace" in page
    assert client.post(end).status_code == 404


def test_nobody_else_sees_or_takes_it_away(authority: Authority) -> None:
    bound(authority, a_subscriber())
    other = an_account("alex@cabinet.example", espace="abonne", email="alex@cabinet.example")
    end = f"{MINE}{BoundCertificate.objects.get().pk}/retirer/"
    for client, status in ((signed_in(other), 404), (Client(), 302)):
        assert client.get(end).status_code == client.post(end).status_code == status
    assert BoundCertificate.objects.get().ended_at is None
    assert "Aucun certificat" in text_of(signed_in(other).get(MINE))


def test_where_none_are_taken_the_page_says_so(settings: Settings) -> None:
    settings.CERTIFICATE_URL = ""
    assert "n’accepte pas de certificats" in text_of(signed_in(a_subscriber()).get(MINE))
