"""Every message that the portal sends, written by the very operation that sends it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account
from guichet.accounts.operations import certificates
from guichet.accounts.rules import Presented, TrustChoice
from guichet.courriers import operations as courriers
from guichet.courriers import rendering
from guichet.courriers.models import Courrier, Pli
from guichet.depots import operations as depots
from guichet.depots.definitions import Teleprocedure, teleprocedure
from guichet.depots.operations import decisions as depot_decisions
from guichet.files.models import StoredFile
from guichet.instruction import operations as instruction
from guichet.kernel import clock
from guichet.retention import operations as retention
from tests.accounts import authenticator as passkeys
from tests.accounts import declarants, subscribers
from tests.accounts.authenticator import Device
from tests.accounts.factor import Telephone, an_agent, watch
from tests.accounts.people import HERE, PASSWORD, SIREN, an_account, register
from tests.courriers.boxes import mailboxes
from tests.courriers.companies import live_the_life_of_a_company
from tests.depots import factories, small
from tests.instruction import people

pytestmark = pytest.mark.django_db
SRC = Path(courriers.__file__).parents[1]
NEW = "Girafe7-parapluie-lent"
DAY = dt.timedelta(days=1)
YEAR_2030 = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
CERTIFICATE = Presented(key="a1" * 32, serial="0f", issuer="CN=AC", subject="CN=L", not_after=YEAR_2030)


@pytest.fixture(autouse=True)
def _a_long_address(settings: Settings) -> Iterator[None]:
    settings.BASE_URL = "https://comptes-annuels.guichet-assoc.example"
    yield
    while factories.sent:
        factories.sent.pop().unlink(missing_ok=True)


def token(template: str, kind: str) -> str:
    return Courrier.objects.filter(template=template).latest("pk").body.split(f"/{kind}/")[1].split()[0]


def live_the_life_of_an_account() -> None:
    """Register, activate, register again, forget the password, change the address."""
    register()
    account = accounts.activate(token=token("votre_compte", "a"))
    register(email="intrus@ailleurs.example")
    accounts.ask_recovery(espace="association", identifier=SIREN, client=HERE)
    accounts.set_password_by_token(token=token("nouveau_mot_de_passe", "m"), password=PASSWORD)
    account.refresh_from_db()
    accounts.ask_email_change(account=account, email="neuve@asso.example", password=PASSWORD)
    accounts.confirm_email_change(token=token("adresse_a_verifier", "e"))


def live_the_life_of_a_filing() -> None:
    """Submit, be told of a virus, be reminded, let it expire."""
    owner = factories.account(siren=factories.SIRENS[1])
    factories.submitted(owner)
    StoredFile.objects.update(scan="infected", scanned_at=clock.now())
    depots.report_infections()
    for days in (3, 30):
        with clock.travel(days * DAY):
            depots.remind_unconfirmed()
            depots.expire_unconfirmed()


def live_the_life_of_decisions() -> None:
    """Publish, replace, withdraw the two; refuse, ask, accept."""
    owner, agent = factories.account(siren=factories.SIRENS[2]), people.agent()
    first = people.with_pdf(people.filed(owner))
    instruction.publish(agent=agent, depot_id=first.pk)
    second = people.with_pdf(people.filed(owner, unique_key=first.unique_key, version=1))
    instruction.publish(agent=agent, depot_id=second.pk)
    for depot in (first, second):
        instruction.withdraw(agent=agent, depot_id=depot.pk, motif_id=None, text="Une adresse s’y lisait.")
    instruction.ask(agent=agent, depot_id=people.filed(owner).pk, text="Où est l’annexe ?")
    instruction.refuse(agent=agent, depot_id=people.filed(owner).pk, motif_id=None, text="Illisible.")
    with patch.object(depot_decisions, "teleprocedure", side_effect=unpublished):
        instruction.accept(agent=agent, depot_id=people.filed(owner).pk)


def unpublished(code: str) -> Teleprocedure:
    """The téléprocédure, as if it published nothing."""
    return replace(teleprocedure(code), publication=None)


def live_the_life_of_a_second_factor() -> None:
    """Be invited, link an application, use and renew the codes, mistype them, change it, lose it."""
    accounts.invite(
        espace="agents", identifier="a@service.example", email="a@service.example",
        profile={"name": "Camille Exemple"}, actor="operator",
    )  # fmt: skip
    with watch() as time:
        agent = an_agent()
        telephone = Telephone(agent)
        time.forward()
        accounts.check_second_factor(account=agent, code=telephone.recovery_codes[0])
        accounts.new_recovery_codes(account=agent, password=PASSWORD, code=telephone.code())
        time.forward()
        accounts.change_second_factor(
            account=agent, secret=telephone.secret, code=telephone.code(), keep_session=""
        )
        live_the_life_of_a_passkey(agent)
        with suppress(accounts.CodesLockedOut):
            for _ in range(100):
                with suppress(accounts.WrongCode):
                    accounts.check_second_factor(account=agent, code=telephone.wrong_code())
        accounts.reset_second_factor(account=agent, actor="operator")
    accounts.set_password_by_token(token=token("application_de_codes_reinitialisee", "m"), password=NEW)


def live_the_life_of_a_passkey(agent: Account) -> None:
    """Two beside the application, which goes; one is copied; somebody at another door wants none any more."""
    party = urlsplit(settings.BASE_URL).hostname or ""
    first, second, own = (Device(settings.BASE_URL, party) for _ in range(3))
    for device in (first, second):
        passkeys.add(agent, device, more=True, keep="x")
    accounts.remove_application(account=agent)
    accounts.check_second_factor(account=agent, code=passkeys.assertion(agent, second))
    second.count = 0
    with suppress(accounts.PasskeyCopied):
        accounts.check_second_factor(account=agent, code=passkeys.assertion(agent, second))
    accounts.remove_passkey(account=agent, passkey_id=agent.passkeys.latest("pk").pk)
    somebody = an_account("lila@cabinet.example", espace="abonne")
    passkeys.add(somebody, own)
    accounts.give_up_second_factor(
        account=somebody, password=PASSWORD, code=passkeys.assertion(somebody, own)
    )


def live_the_life_of_a_subscriber() -> None:
    """All that a door with codes writes: register twice, forget, change, mistype, be helped, be invited."""
    account = subscribers.a_subscriber()
    subscribers.subscribe()
    subscribers.ask_recovery()
    token = subscribers.recovery()
    accounts.set_password_by_token(token=token, password=subscribers.PASSWORD, answer=subscribers.ANSWER)
    trust, code = TrustChoice("hated_dish", subscribers.ANSWER), subscribers.proof(account)
    accounts.change_trust_answer(account=account, trust=trust, code=code)
    code = subscribers.proof(account)
    accounts.ask_email_change(account=account, email="neuve@cabinet.example", code=code)
    for _ in range(6):
        with suppress(accounts.WrongAnswer, accounts.AnswersLockedOut):
            accounts.ask_proof(account=account, current=subscribers.PASSWORD, answer="faux")
    accounts.forget_answer(espace="abonne", identifier=subscribers.EMAIL, actor="operator")
    accounts.reset_second_factor(account=account, actor="operator")
    invited = "i@cabinet.example"
    accounts.invite(espace="abonne", identifier=invited, email=invited, profile={}, actor="operator")
    certificates.bind_certificate(account=account, presented=CERTIFICATE)
    [row] = account.certificates.all()
    certificates.end_certificate(account=account, certificate_id=row.pk)
    certificates.ask_renewal(espace="abonne", identifier=subscribers.EMAIL, client=HERE)


def live_the_life_of_a_colleague() -> None:
    """Be given an account, take possession, ask for a provisional password, be corrected, be replaced."""
    account, password = declarants.given(espace="declarant")
    declarants.take(declarants.sign_in(password, espace="declarant"))
    accounts.ask_provisional(espace="declarant", identifier=declarants.IDENTIFIER, client=HERE)
    accounts.correct_email(account=account, email="neuve@lavoir.example", actor="system")
    accounts.give_provisional(account=account, actor="system")
    accounts.regive(account=account, email="autre@lavoir.example", profile=declarants.PROFILE, actor="system")


def live_the_life_of_requests() -> None:
    """Ask for others, at a door without links and at one with: one lapses, one is in force and ends."""
    with small.registered(*small.ALL.values()):
        firm = small.firm()
        leave_drafts_alone(small.firm(2))
        depots.lapse(depot_id=small.filed(firm).pk, actor="system")
        draft = depots.start_draft(account=firm, teleprocedure=small.SMALL.code)
        depots.answer(account=firm, depot_id=draft.pk, data={"siren": small.CLIENT, "objet": "TVA"})
        asked = depots.submit(account=firm, depot_id=draft.pk, accepted_terms=True)
        depots.accept(depot_id=asked.pk, actor="system", reason="")
        depots.end(depot_id=asked.pk, actor="system")


def live_the_life_of_a_mailbox() -> None:
    """File something and be asked about it, where messages stand inside the portal."""
    with small.registered(*small.ALL.values()), mailboxes("abonne"):
        owner = small.firm(1)
        draft = depots.start_draft(account=owner, teleprocedure=small.SMALL.code)
        depots.answer(account=owner, depot_id=draft.pk, data={"siren": small.CLIENT, "objet": "TVA"})
        depots.submit(account=owner, depot_id=draft.pk, accepted_terms=True)
        instruction.ask(agent=people.agent(), depot_id=draft.pk, text="Laquelle ?")
        instruction.answer(account=owner, depot_id=draft.pk, text="Celle-ci.")
        leave_drafts_alone(owner)


def leave_drafts_alone(*owners: Account) -> None:
    """Begin a filing, and be reminded of it."""
    for owner in owners:
        draft = depots.start_draft(account=owner, teleprocedure=small.SMALL.code)
        depots.answer(account=owner, depot_id=draft.pk, data={"objet": "TVA"})
    with clock.travel(24 * DAY):
        depots.remind_drafts()


def live_the_end_of_an_account() -> None:
    """Close one; ask for a copy of another, and leave it alone for years."""
    leaving, idle = factories.account(siren="404833048"), factories.account(siren="552032534")
    leaving.set_password(PASSWORD)
    leaving.save()
    retention.close(account=leaving, password=PASSWORD)
    retention.ask_export(account=idle)
    retention.build_export(account_id=str(idle.pk))
    with clock.travel(4 * 365 * DAY):
        retention.execute()


@pytest.fixture
def written() -> list[Courrier]:
    """One message and more from every template."""
    live_the_life_of_an_account()
    live_the_life_of_a_filing()
    live_the_life_of_decisions()
    live_the_life_of_a_second_factor()
    live_the_life_of_a_subscriber()
    live_the_life_of_a_colleague()
    live_the_life_of_requests()
    live_the_life_of_a_mailbox()
    live_the_life_of_a_company()
    live_the_end_of_an_account()
    return list(Courrier.objects.all())


def test_the_whole_life_of_an_account_and_of_a_filing_uses_every_template(written: list[Courrier]) -> None:
    files = SRC.glob("*/templates/courriers/**/*.txt")
    names = {path.as_posix().rpartition("/courriers/")[2].removesuffix(".txt") for path in files}
    # Those of these rooms are written by tests of their own, each in its room.
    told = {name for name in names if "_" not in (name[0], name.rpartition("/")[2][0])}
    in_boxes = set(Pli.objects.values_list("template", flat=True))
    assert {courrier.template for courrier in written} | in_boxes == {
        name for name in told if not name.startswith(("adhesions/", "imports/", "portefeuilles/"))
    }


def test_no_line_is_long_enough_for_a_mail_program_to_cut(written: list[Courrier]) -> None:
    long = [line for courrier in written for line in courrier.body.splitlines() if len(line) > 75]
    assert not long


def test_every_message_has_a_subject_a_greeting_and_a_signature(written: list[Courrier]) -> None:
    for courrier in written:
        assert courrier.subject
        assert not courrier.subject.startswith("Objet")
        is_letter = courrier.kind == Courrier.Kind.LETTER  # on paper, without what ends an e-mail
        assert courrier.body.startswith("Madame, Monsieur,\n\n" if is_letter else "Bonjour,\n\n")
        assert is_letter or "\n\n-- \n" in courrier.body
        assert "\n\n\n" not in courrier.body


def test_links_and_passwords_are_in_messages_that_forget_them(written: list[Courrier]) -> None:
    """All but those of a filing, where opening the link asks for nothing that is secret."""
    for courrier in written:
        if any(f".example/{kind}/" in courrier.body for kind in "amep") or "Mot de passe : " in courrier.body:
            assert courrier.secret, courrier.template


@pytest.mark.parametrize("template", ["votre_compte", "depots/depot_expire"])
def test_a_message_with_an_undefined_variable_is_not_written(template: str) -> None:
    with pytest.raises(AssertionError, match="undefined"):
        rendering.render(template, {"link": "", "deadline": ""})
