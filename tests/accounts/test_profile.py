"""Changing one's data and one's e-mail address."""

import datetime as dt

import pytest

from guichet.accounts import operations
from guichet.accounts.models import Token
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.people import HERE, PASSWORD, an_account, mail, mails, token_in

pytestmark = pytest.mark.django_db


def ask(email: str = "neuve@exemple.fr") -> str:
    account = an_account()
    operations.ask_email_change(account=account, email=email, password=PASSWORD)
    return token_in("adresse_a_verifier")


def test_the_new_address_counts_once_its_link_is_opened_and_the_old_one_is_told_twice() -> None:
    token = ask()
    assert mails() == [
        ("adresse_a_verifier", "neuve@exemple.fr"),
        ("changement_d_adresse", "anne@exemple.fr"),
    ]
    account = operations.confirm_email_change(token=token)
    account.refresh_from_db()
    assert account.email == "neuve@exemple.fr"
    assert mails()[-1] == ("adresse_changee", "anne@exemple.fr")
    assert "neuve@exemple.fr" in mail("adresse_changee").body


def test_looking_changes_nothing() -> None:
    token = ask()
    change = operations.email_change(token=token)
    assert (change.account.email, change.email, change.done) == (
        "anne@exemple.fr",
        "neuve@exemple.fr",
        False,
    )
    operations.confirm_email_change(token=token)
    assert operations.email_change(token=token).done


def test_twice_is_as_once_until_the_address_changes_again() -> None:
    first = ask()
    account = operations.confirm_email_change(token=first)
    told = len(mails())
    assert operations.confirm_email_change(token=first).email == "neuve@exemple.fr"
    assert len(mails()) == told
    operations.ask_email_change(account=account, email="autre@exemple.fr", password=PASSWORD)
    operations.confirm_email_change(token=token_in("adresse_a_verifier"))
    with pytest.raises(operations.LinkUsed):
        operations.confirm_email_change(token=first)


def test_the_link_works_for_its_time() -> None:
    token = ask()
    with clock.travel(dt.timedelta(days=1)), pytest.raises(operations.LinkExpired):
        operations.confirm_email_change(token=token)
    with clock.travel(dt.timedelta(days=1, seconds=-5)):
        operations.confirm_email_change(token=token)


def test_a_second_request_replaces_the_first() -> None:
    first = ask("une@exemple.fr")
    account = Token.objects.get().account
    assert account
    operations.ask_email_change(account=account, email="deux@exemple.fr", password=PASSWORD)
    with pytest.raises(operations.LinkUsed):
        operations.confirm_email_change(token=first)
    assert operations.confirm_email_change(token=token_in("adresse_a_verifier")).email == "deux@exemple.fr"


def test_a_new_password_annuls_the_request() -> None:
    token = ask()
    operations.ask_recovery(espace="porte", identifier="anne@exemple.fr", client=HERE)
    operations.set_password_by_token(
        token=token_in("nouveau_mot_de_passe"), password="Girafe7-parapluie-lent"
    )
    with pytest.raises(operations.LinkUsed):
        operations.confirm_email_change(token=token)


def test_it_takes_the_password_and_another_address() -> None:
    account = an_account()
    with pytest.raises(operations.WrongPassword):
        operations.ask_email_change(account=account, email="neuve@exemple.fr", password="faux")
    with pytest.raises(operations.SameEmail):
        operations.ask_email_change(account=account, email="Anne@Exemple.fr", password=PASSWORD)
    assert mails() == []


def test_the_profile_keeps_what_was_not_named_and_the_journal_names_the_fields_only() -> None:
    account = an_account(profile={"name": "Anne", "city": "Tours", "in_register": True})
    account = operations.change_profile(account=account, profile={"city": "Blois", "phone": "0199000000"})
    assert account.profile == {"name": "Anne", "city": "Blois", "phone": "0199000000", "in_register": True}
    assert journal.history(subject=account.subject)[-1].data == {"fields": ["city", "phone"]}


def test_an_unchanged_profile_leaves_no_event() -> None:
    account = an_account()
    operations.change_profile(account=account, profile={"name": "Anne"})
    assert journal.history(subject=account.subject) == []
