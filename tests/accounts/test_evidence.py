"""What stays when everything has happened: the journal, which nobody can erase, holds no personal data."""

import contextlib
import json

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.accounts import operations
from guichet.accounts.models import Account, Attempts
from guichet.courriers import operations as courriers
from guichet.courriers.models import Courrier, CourrierAttempt
from guichet.journal.models import Event
from tests.accounts.people import HERE, PASSWORD, SIREN, password_in, register, token_in
from tests.accounts.test_sessions import signed_in

pytestmark = pytest.mark.django_db
NEW = "Girafe7-parapluie-lent"
DOOR = {"espace": "association", "identifier": SIREN}
PROFILE = {"name": "Les Amis du Lavoir", "city": "Tours", "contact": "Jeanne Martin", "phone": "0199000011"}
PERSONAL = (
    "asso.example", "Lavoir", "Tours", "Blois", "Jeanne", "Martin", "0199000011", "0199000022", SIREN,
    HERE.address, "Firefox", PASSWORD, NEW,
)  # fmt: skip


def open_an_account() -> tuple[Account, str]:
    register(email="faux@asso.example", profile=PROFILE)
    register(email="bureau@asso.example", profile=PROFILE)
    password = password_in("votre_compte")
    account = operations.activate(token=token_in("votre_compte"))
    register(email="intrus@asso.example", profile=PROFILE)
    return account, password


def be_locked_out_and_come_back() -> None:
    for _ in range(10):
        with pytest.raises(operations.SignInRefused):
            operations.sign_in(password="faux", client=HERE, **DOOR)
    with pytest.raises(operations.LockedOut):
        operations.sign_in(password="faux", client=HERE, **DOOR)
    operations.ask_recovery(client=HERE, **DOOR)
    operations.set_password_by_token(token=token_in("nouveau_mot_de_passe"), password=PASSWORD)
    operations.sign_in(password=PASSWORD, client=HERE, **DOOR)


def change_everything(account: Account) -> None:
    keep = signed_in(account)
    signed_in(account)
    operations.close_other_sessions(account=account, keep=keep)
    operations.change_profile(account=account, profile={"city": "Blois", "phone": "0199000022"})
    operations.change_password(account=account, current=PASSWORD, new=NEW, keep_session=keep)
    account.refresh_from_db()
    operations.ask_email_change(account=account, email="neuve@asso.example", password=NEW)
    operations.confirm_email_change(token=token_in("adresse_a_verifier"))


def ask_too_often() -> None:
    for _ in range(10):
        with contextlib.suppress(operations.TooManyMessages):
            operations.ask_recovery(client=HERE, **DOOR)


def test_a_whole_life_leaves_no_personal_data_where_nothing_is_forgotten() -> None:
    account, password = open_an_account()
    be_locked_out_and_come_back()
    account.refresh_from_db()
    change_everything(account)
    ask_too_often()
    for pending in Courrier.objects.values_list("pk", flat=True):
        courriers.deliver(courrier_id=pending)
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert kinds == {
        "account.registered", "account.activated", "account.registered_again", "sign_in.locked_out",
        "account.recovery_asked", "account.password_recovered", "account.signed_in",
        "account.sessions_closed", "account.profile_changed", "account.password_changed",
        "account.email_change_asked", "account.email_changed", "messages.limited", "courrier.sent",
    }  # fmt: skip
    kept = [*Event.objects.values(), *ProcrastinateJob.objects.values(), *Attempts.objects.values()]
    kept += CourrierAttempt.objects.values()
    told = json.dumps(kept, default=str, ensure_ascii=False)
    assert not [word for word in (*PERSONAL, password) if word in told]


def test_messages_that_were_sent_keep_neither_password_nor_link() -> None:
    _, password = open_an_account()
    tokens = [token_in("votre_compte")]
    for pending in Courrier.objects.values_list("pk", flat=True):
        courriers.deliver(courrier_id=pending)
    bodies = "".join(Courrier.objects.values_list("body", flat=True))
    assert bodies  # « compte_existant » carries no secret
    assert not [secret for secret in (password, *tokens) if secret in bodies]
