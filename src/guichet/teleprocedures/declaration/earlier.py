"""What was transmitted already for the same declaration, établissement and period."""

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.depots.states import IN_FORCE
from guichet.kernel.dates import moment_in_words
from guichet.teleprocedures.declaration.rules import DECLARATION, PERIODE, SIRET

CODE = "declaration"


def caution(account: Account, draft: Depot) -> str:
    """What its filer should know before transmitting ``draft`` beside what was transmitted; empty if nothing.

    A colleague's filing counts as one's own: it is the company that declares.
    """
    said = {f"data__{name}": draft.data.get(name, "") for name in (DECLARATION, SIRET, PERIODE)}
    siren = str(draft.data.get(SIRET, ""))[:9]
    rows = Depot.objects.filter(
        teleprocedure=CODE, siren=siren, confirmed_at__isnull=False, state__in=IN_FORCE
    )
    last = rows.filter(**said).order_by("-confirmed_at").first()
    if last is None or last.confirmed_at is None:
        return ""
    told = (
        _(
            "Vous avez déjà transmis cette déclaration pour cette période, le {moment} (référence "
            "{reference})."
        )
        if last.account_id == account.pk
        else _(
            "Un de vos collègues a déjà transmis cette déclaration pour cette période, le {moment} "
            "(référence {reference})."
        )
    )
    beside = _("Si vous transmettez celle-ci, elle s’y ajoute : elle ne la remplace pas.")
    return f"{told.format(moment=moment_in_words(last.confirmed_at), reference=last.reference)} {beside}"
