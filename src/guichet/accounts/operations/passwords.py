"""New passwords, whoever asks for them."""

from collections.abc import Iterable

from django.conf import settings

from guichet.accounts.definitions import Espace, espace
from guichet.accounts.models import Account
from guichet.accounts.rules import check_password_strength, pasted


def check_new(password: str, door: Espace, *, own_data: Iterable[str]) -> str:
    """``password`` without blanks around it, if the policy takes it. Raises ``rules.WeakPassword``."""
    password = pasted(password)
    words = (*own_data, door.code, door.label, settings.PORTAL_NAME)
    check_password_strength(password, policy=door.password, own_data=words)
    return password


def try_password(*, account: Account, password: str) -> str:
    """What ``password`` would become for ``account``; changes nothing. Raises ``rules.WeakPassword``."""
    own_data = (account.identifier, account.email, *map(str, account.profile.values()))
    return check_new(password, espace(account.espace), own_data=own_data)


def replace(account: Account, password: str) -> None:
    """Give ``account``, which the caller has locked, a new password. Raises ``rules.WeakPassword``."""
    account.set_password(try_password(account=account, password=password))
    account.save(update_fields=["password"])
