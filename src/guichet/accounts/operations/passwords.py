"""New passwords, whoever asks for them."""

from collections.abc import Iterable

from django.conf import settings

from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account
from guichet.accounts.rules import Gauge, check_password_strength, gauge, pasted


def words_against(door: Espace, own_data: Iterable[str]) -> tuple[str, ...]:
    """What a password of ``door`` may not be made of, where ``own_data`` is what the person is known by."""
    return (*own_data, door.code, door.label, settings.PORTAL_NAME)


def own_data_of(account: Account) -> tuple[str, ...]:
    """What the person of ``account`` is known by."""
    return (account.identifier, account.email, *map(str, account.profile.values()))


def check_new(password: str, door: Espace, *, own_data: Iterable[str]) -> str:
    """``password`` without blanks around it, if the policy takes it. Raises ``rules.WeakPassword``."""
    password = pasted(password)
    check_password_strength(password, policy=door.password, own_data=words_against(door, own_data))
    return password


def gauge_new(password: str, door: Espace, *, own_data: Iterable[str]) -> Gauge:
    """How strong ``password`` is, blanks around it aside."""
    return gauge(pasted(password), policy=door.password, own_data=words_against(door, own_data))


def try_password(*, account: Account, password: str) -> str:
    """What ``password`` would become for ``account``; changes nothing. Raises ``rules.WeakPassword``."""
    return check_new(password, espace(account.espace), own_data=own_data_of(account))


def replace(account: Account, password: str) -> None:
    """Give ``account``, which the caller has locked, a new password. Raises ``rules.WeakPassword``."""
    account.set_password(try_password(account=account, password=password))
    account.save(update_fields=["password"])
