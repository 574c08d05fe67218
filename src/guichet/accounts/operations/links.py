"""One-time links: 128 bits, stored hashed, ended by use, by time or by a later one; and the rows of codes."""

import datetime as dt

from guichet.accounts.models import Account, Token
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.tokens import new_token, token_hash


class LinkRefused(Refusal):
    """A link that opens nothing; the subclasses say why."""

    code = "link"
    status = 410


class LinkUnknown(LinkRefused):
    """No such link: most often a mail program cut it in two (000, step 3)."""

    code = "link_unknown"
    message = N_(
        "Ce lien n’est pas complet ou n’existe plus. Si votre messagerie l’a coupé sur plusieurs lignes, "
        "copiez l’adresse entière, depuis « http » jusqu’au dernier caractère, puis collez-la dans votre "
        "navigateur."
    )
    status = 404


class LinkExpired(LinkRefused):
    """It was opened too late."""

    code = "link_expired"
    message = N_("Ce lien a expiré. Refaites votre demande pour en recevoir un nouveau.")


class LinkReplaced(LinkRefused):
    """Another link was sent since."""

    code = "link_replaced"
    message = N_("Un message plus récent remplace celui-ci. Ouvrez le lien du dernier message reçu.")


class LinkUsed(LinkRefused):
    """It has done its work."""

    code = "link_used"
    message = N_(
        "Ce lien a déjà servi, ou n’est plus utile. Refaites votre demande si vous en avez encore besoin."
    )


def issue(
    kind: Token.Kind,
    *,
    espace: str,
    lifetime: dt.timedelta,
    account: Account | None = None,
    payload: dict[str, str] | None = None,
) -> tuple[Token, str]:
    """A new link: its row, and the secret to send, which is kept nowhere."""
    secret = new_token()
    row = keep(kind, token_hash(secret), espace=espace, lifetime=lifetime, account=account, payload=payload)
    return row, secret


def keep(
    kind: Token.Kind,
    hashed: str,
    *,
    espace: str,
    lifetime: dt.timedelta,
    account: Account | None = None,
    payload: dict[str, str] | None = None,
) -> Token:
    """The row of a new secret, whose hash is ``hashed``."""
    now = clock.now()
    return Token.objects.create(
        kind=kind,
        hash=hashed,
        espace=espace,
        account=account,
        payload=payload or {},
        created_at=now,
        expires_at=now + lifetime,
    )


def find(kind: Token.Kind, secret: str) -> Token:
    """The row of a link, locked. Raises ``LinkUnknown``."""
    row = Token.objects.select_for_update().filter(kind=kind, hash=token_hash(secret)).first()
    if row is None:
        raise LinkUnknown
    return row


def find_of_account(kind: Token.Kind, secret: str) -> tuple[Account, Token]:
    """An account and the row of its link, both locked. Raises ``LinkUnknown``."""
    found = locked(kind, token_hash(secret))
    if found is None:
        raise LinkUnknown
    return found


def locked(kind: Token.Kind, hashed: str) -> tuple[Account, Token] | None:
    """An account and the row of the secret of its whose hash is ``hashed``, both locked.

    The account first, as by everybody who ends its secrets: else two of them could wait for one another.
    """
    accounts = Account.objects.select_for_update(of=("self",))
    account = accounts.filter(tokens__kind=kind, tokens__hash=hashed).first()
    if account is None:
        return None
    return account, Token.objects.select_for_update().get(kind=kind, hash=hashed)


def check_usable(row: Token) -> None:
    """Raise ``LinkUsed`` or ``LinkExpired`` (params: ``espace``) unless the link still works."""
    if row.used_at:
        raise LinkUsed(espace=row.espace)
    if row.expires_at <= clock.now():
        raise LinkExpired(espace=row.espace)


def spend_all(account: Account) -> None:
    """End every link and every code of ``account`` and forget what they carried."""
    Token.objects.filter(account=account, used_at=None).update(used_at=clock.now(), payload={})
