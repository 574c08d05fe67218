"""Every message about an account of a door whose messages hold no links holds none (004, step 2)."""

import contextlib
import re
from pathlib import Path

import pytest

from guichet.accounts import operations
from guichet.accounts.definitions import espace
from guichet.accounts.operations import certificates, messages
from guichet.courriers import rendering
from guichet.courriers.rules import HoldsLink
from guichet.kernel.refusals import Refusal
from tests.accounts.people import HERE, mail, mails
from tests.accounts.subscribers import (
    ANSWER,
    EMAIL,
    NEW,
    PASSWORD,
    a_subscriber,
    ask_recovery,
    code_in,
    proof,
    recovery,
    subscribe,
)

pytestmark = pytest.mark.django_db
FOLDER = Path(messages.__file__).parents[1] / "templates/courriers"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt") if not path.stem.startswith("_"))
LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)
# Their only purpose is to bring a link: a door with codes has another, or no provisional passwords.
BY_LINK = ("votre_compte", "mot_de_passe_provisoire")
CONTEXT = {
    "code": "az84RTw2DD5r",
    "deadline": "23 novembre 2026 à 14 h 05",
    "asked_at": "21 novembre 2026 à 14 h 05",
    "until": "23 novembre 2026",
    "email": "neuve@cabinet.example",
    "name": "Ordinateur du bureau",
    "serial": "0f",
    "limit": 5,
    "left": 3,
    "hours": 24,
    "length": 5,
    "renewed": True,
}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BY_LINK])
@pytest.mark.parametrize("typed", ["lila@cabinet.example", "www.lila@www.cabinet.example"])
def test_no_template_holds_a_link_whatever_people_are_called(name: str, typed: str) -> None:
    door = espace("abonne")
    known = {
        "espace": door.label, "service": door.service, "identifier_label": door.identifier.label,
        "identifier": typed, "home": "",
    }  # fmt: skip
    subject, body = rendering.render(rendering.without_links(name), {**CONTEXT, **known}, links=False)
    assert not LINK.search(f"{subject}\n{body}")
    assert "jamais de message qui contienne un logo ou un lien" in " ".join(body.split())
    assert "\n\n\n" not in body
    assert max(map(len, body.splitlines())) <= 75


def test_a_template_that_brings_a_link_is_refused_there() -> None:
    with pytest.raises(HoldsLink):
        messages.write(
            espace("abonne"), BY_LINK[0], to=EMAIL, about="account:x", identifier=EMAIL, profile={},
            secret=True, link="https://guichet.example/a/x", password="", deadline="demain",
        )  # fmt: skip
    assert not mails()


def test_what_operations_write_in_a_whole_life_holds_no_link() -> None:
    account = a_subscriber()
    subscribe()
    ask_recovery()
    operations.set_password_by_token(token=recovery(), password=PASSWORD, answer=ANSWER)
    operations.ask_email_change(account=account, email="neuve@cabinet.example", code=proof(account))
    operations.confirm_email_change_by_code(account=account, code=code_in("adresse_a_verifier_par_code"))
    for _ in range(7):
        with contextlib.suppress(Refusal):
            operations.ask_proof(account=account, current=PASSWORD, answer="faux")
    operations.reset_second_factor(account=account, actor="operator")
    token = recovery("neuve@cabinet.example", code_in("application_de_codes_reinitialisee_par_code"))
    with pytest.raises(operations.AnswersLockedOut):
        operations.set_password_by_token(token=token, password=NEW, answer=ANSWER)
    operations.forget_answer(espace="abonne", identifier="neuve@cabinet.example", actor="operator")
    certificates.ask_renewal(espace="abonne", identifier="neuve@cabinet.example", client=HERE)
    for template, _ in mails():
        assert not LINK.search(mail(template).body), template
    assert len({template for template, _ in mails()}) >= 10


def test_an_account_that_is_given_is_opened_by_a_code() -> None:
    account = operations.invite(
        espace="abonne", identifier=EMAIL, email=EMAIL, profile={"siren": "732829320"}, actor="operator"
    )
    assert (account.siren, account.number) == ("732829320", None)
    operations.set_password_by_token(token=recovery(code=code_in("invitation_par_code")), password=NEW)
    assert mails()[-1] == ("mot_de_passe_choisi", EMAIL)
