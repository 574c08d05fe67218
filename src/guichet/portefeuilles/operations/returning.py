"""A company that ended what a firm declared for it lets the firm begin again."""

from django.db import transaction

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations.holding import administering
from guichet.inscriptions.operations.notices import company_of, tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.operations.holding import lock_both
from guichet.portefeuilles.states import Fin

_LARGEST_ID = 2**63 - 1


class NotEnded(Refusal):
    """No tie that the company ended and that is not allowed again already."""

    code = "not_ended"
    message = N_(
        "Votre entreprise n’a pas mis fin à ce que ce tiers déclare pour elle, ou l’a déjà autorisé de "
        "nouveau : regardez la liste de vos tiers déclarants."
    )
    status = 404


@transaction.atomic
def let_back(*, by: Acteur, cliente_id: int) -> Cliente:
    """The firm may take the company of ``by`` as a client again; nothing that ended comes back by itself.

    Its administrateurs are told, and the colleagues of ``by``. Raises ``ActeurGone``, ``NotAdministrateur``
    and ``NotEnded``.
    """
    row = Cliente.objects.filter(pk=cliente_id if 0 < cliente_id <= _LARGEST_ID else 0).first()
    lock_both(by.inscription_id, *([row.inscription_id] if row else []))
    fresh = administering(by)
    rows = Cliente.objects.select_related("inscription")
    mine = rows.filter(siren=fresh.inscription.siren, closed_because=Fin.CLIENT.value, let_back_at=None)
    found = mine.filter(pk=row.pk).first() if row else None
    if found is None:
        raise NotEnded
    mine.filter(inscription__siren=found.inscription.siren).update(let_back_at=clock.now())
    _tell(fresh, found)
    found.refresh_from_db()
    return found


def _tell(by: Acteur, cliente: Cliente) -> None:
    client, firm = company_of(by.inscription), company_of(cliente.inscription)
    known = {"client": client["company"], "client_siren": client["siren"], "room": "portefeuilles"}
    tell_administrateurs(cliente.inscription, "client_autorise", **known)
    told = {"firm": firm["company"], "firm_siren": firm["siren"], "by": name_of(by.account)}
    tell_administrateurs(by.inscription, "tiers_autorise", but=[by.account], room="portefeuilles", **told)
    for subject in (cliente.inscription.subject, by.inscription.subject):
        journal.record(
            subject=subject,
            kind="inscription.client_let_back",
            actor=by.account.subject,
            data={"cliente": cliente.pk},
        )
