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

    A colleague's filing counts as one's own: it is the company that declares. So does that of the client, or
    of another firm of its, whose reference is theirs to tell.
    """
    said = {f"data__{name}": draft.data.get(name, "") for name in (DECLARATION, SIRET, PERIODE)}
    siren = str(draft.data.get(SIRET, ""))[:9]
    rows = Depot.objects.filter(
        teleprocedure=CODE, siren=siren, confirmed_at__isnull=False, state__in=IN_FORCE
    )
    last = rows.filter(**said).select_related("account").order_by("-confirmed_at").first()
    if last is None or last.confirmed_at is None:
        return ""
    told = _told(account, last)
    beside = _("Si vous transmettez celle-ci, elle s’y ajoute : elle ne la remplace pas.")
    return f"{told.format(moment=moment_in_words(last.confirmed_at), reference=last.reference)} {beside}"


def _told(account: Account, last: Depot) -> str:
    if last.account_id == account.pk:
        return _(
            "Vous avez déjà transmis cette déclaration pour cette période, le {moment} (référence "
            "{reference})."
        )
    if last.account.siren == account.siren:
        return _(
            "Un de vos collègues a déjà transmis cette déclaration pour cette période, le {moment} "
            "(référence {reference})."
        )
    return _(
        "Cette déclaration a déjà été transmise pour cet établissement et cette période, le {moment}, par "
        "l’entreprise elle-même ou par un de ses tiers déclarants."
    )
