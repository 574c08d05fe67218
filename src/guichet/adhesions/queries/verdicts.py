"""May a request be sent to these companies? Asked of the register and of what there is, by the lot."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from guichet.accounts.models import Account
from guichet.adhesions import catalogue
from guichet.adhesions.models import Collegue, Demande
from guichet.adhesions.queries.colleagues import name_of
from guichet.adhesions.rules import LATELY, Code, firm_key
from guichet.adhesions.values import Verdict
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import Etablissement, UniteLegale
from guichet.kernel import clock

WAITING = (State.A_CONFIRMER, State.CONFIRME)
BLOCKING = (*WAITING, State.ACCEPTE)
OURS = {True: Code.IN_FORCE, False: Code.ASKED}
COLLEAGUES = {True: Code.IN_FORCE_BY_COLLEAGUE, False: Code.ASKED_BY_COLLEAGUE}


def verdicts(*, account: Account, sirens: Sequence[str], qualite: str = "") -> Mapping[str, Verdict]:
    """The verdict on each of ``sirens`` (nine digits), whether ``account`` may ask it; three queries in all.

    ``qualite``: the capacity in which one would act, as in some one asks for one's own company. Companies
    that refuse diffusion are masked.
    """
    unites = entreprises.unites(sirens=sirens)
    filed = _filed(account, sirens)
    names = _names(account, [depot for depots in filed.values() for depot in depots])
    return {
        siren: _verdict(account, siren, unites.get(siren), filed.get(siren, ()), names, own=_own(qualite))
        for siren in sirens
    }


def check_line(*, account: Account, siren: str, qualite: str = "") -> Verdict:
    """The verdict on one company, as ``verdicts`` gives it."""
    return verdicts(account=account, sirens=[siren], qualite=qualite)[siren]


def unit_problem(account: Account, siren: str, unite: UniteLegale | None, *, own: bool) -> Code | None:
    """What of the company itself forbids to ask it."""
    if siren == account.siren and not own:
        return Code.OWN_FIRM
    if unite is None:
        return Code.UNKNOWN
    if unite.is_closed:
        return Code.CLOSED
    return None if is_addressed(unite.siege) else Code.NO_ADDRESS


def may_ask_own(qualite: str) -> bool:
    """Whether in this capacity one asks for one's own company as well."""
    return _own(qualite)


def is_addressed(siege: Etablissement | None) -> bool:
    """Whether a letter to this siège would arrive."""
    return siege is not None and bool(siege.envelope)


def _own(qualite: str) -> bool:
    capacity = catalogue.capacities().get(qualite)
    return capacity is not None and capacity.own


def _filed(account: Account, sirens: Sequence[str]) -> Mapping[str, list[Depot]]:
    """What the firm of ``account`` has asked these companies that counts for a verdict."""
    demandes = Demande.objects.filter(firm=firm_key(account), siren__in=sirens)
    refused = demandes.filter(depot__state=State.REFUSE, depot__decided_at__gt=clock.now() - LATELY)
    found: dict[str, list[Depot]] = {}
    for demande in (demandes.filter(depot__state__in=BLOCKING) | refused).select_related("depot"):
        found.setdefault(demande.siren, []).append(demande.depot)
    return found


def _names(account: Account, filed: Iterable[Depot]) -> Mapping[UUID, str]:
    """The names of colleagues who filed, for somebody who is recognised by them and they by her."""
    others = {depot.account_id for depot in filed if depot.account_id != account.pk}
    if not others or not account.siren:
        return {}
    rows = Collegue.objects.filter(
        siren=account.siren, recognised_at__isnull=False, account_id__in=[*others, account.pk]
    )
    known = {row.account_id: name_of(row.account) for row in rows.select_related("account")}
    return known if account.pk in known else {}


def _verdict(
    account: Account,
    siren: str,
    unite: UniteLegale | None,
    filed: Sequence[Depot],
    names: Mapping[UUID, str],
    *,
    own: bool,
) -> Verdict:
    seen = unite.masked() if unite else None
    blocking = next((depot for depot in filed if depot.state in BLOCKING), None)
    if problem := unit_problem(account, siren, unite, own=own):
        return Verdict(code=problem, siren=siren, unite=seen)
    if blocking is None:
        code = Code.REFUSED_LATELY if filed else Code.OK
        return Verdict(code=code, siren=siren, unite=seen)
    codes = OURS if blocking.account_id == account.pk else COLLEAGUES
    code = codes[blocking.state == State.ACCEPTE]
    return Verdict(code=code, siren=siren, unite=seen, who=names.get(blocking.account_id, ""))
