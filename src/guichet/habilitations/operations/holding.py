"""Holding a right while something is filed with it."""

from django.db import connection

from guichet.accounts.models import Account
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries.answers import may_file
from guichet.kernel.refusals import N_, Refusal


class MayNotFile(Refusal):
    """No right to file this for this établissement. Params: ``sentence``, which says why and whom to ask;
    ``reason``, the code of ``rules.Reason``."""

    code = "may_not_file"
    message = N_("{sentence}")
    status = 403


# The ORM knows FOR UPDATE alone, by which filings would wait for each other.
_HELD = """
SELECT h.id FROM habilitations_habilitation h JOIN inscriptions_acteur a ON a.id = h.acteur_id
WHERE a.account_id = %(account)s AND a.ended_at IS NULL
    AND h.siret = %(siret)s AND h.declaration = %(declaration)s AND h.closed_at IS NULL
FOR SHARE OF h
"""


def hold_right(*, account: Account, siret: str, declaration: str) -> Habilitation:
    """The right of ``account`` to file, which nobody can close before the caller's transaction ends.

    Whoever closes it waits for that. It locks no inscription, so that many file at once. Raises
    ``MayNotFile``, and ``RuntimeError`` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a right is held until the end of a transaction")
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"account": account.pk, "siret": siret, "declaration": declaration})
        row = cursor.fetchone()
    answer = may_file(account=account, siret=siret, declaration=declaration)  # sees what one has waited for
    if not answer.ok or row is None or answer.right_id != row[0]:
        raise MayNotFile(sentence=answer.sentence, reason=answer.reason)
    return Habilitation.objects.get(pk=row[0])
