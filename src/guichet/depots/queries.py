"""Reading filings. What belongs to someone is asked for with the acting account."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import ConfirmationLink, Depot, DepotFile, Page
from guichet.depots.states import FILED, LIVE, State
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.tokens import token_hash


class DepotNotFound(Refusal):
    """No such filing, or somebody else's: both look the same."""

    code = "depot_not_found"
    message = N_("Ce dépôt n’existe pas, ou n’est pas rattaché à votre compte.")
    status = 404


class LinkUnknown(Refusal):
    """The link is cut or was never sent."""

    code = "link_unknown"
    message = N_(
        "Ce lien de confirmation n’est pas reconnu. Votre messagerie l’a peut-être coupé : "
        "copiez-le en entier dans la barre d’adresse, ou demandez un nouveau message depuis « Vos dépôts »."
    )
    status = 404


class LinkExpired(Refusal):
    """The filing was not confirmed in time: nothing was filed."""

    code = "link_expired"
    message = N_(
        "Ce dépôt n’a pas été confirmé à temps : il a expiré et rien n’a été déposé. "
        "Recommencez le dépôt depuis votre espace."
    )
    status = 410


class FilingDiscarded(LinkExpired):
    """The person gave the filing up before confirming it."""

    code = "filing_discarded"
    message = N_("Vous avez abandonné ce dépôt : ce lien ne le confirme plus, et rien n’a été déposé.")


def of_account(*, account: Account) -> list[Depot]:
    """Every filing of ``account``, the newest first, drafts included: the rows alone, in one query."""
    rows = Depot.objects.filter(account=account).exclude(state=State.ABANDONNE, submitted_at=None)
    found = list(rows.order_by("-created_at"))
    for depot in found:
        depot.account = account  # no query for what the caller holds
    return found


def draft_of(*, account: Account, teleprocedure: str) -> Depot | None:
    """The draft of this téléprocédure that ``account`` has begun."""
    mine = Depot.objects.filter(account=account, teleprocedure=teleprocedure)
    return mine.filter(state=State.BROUILLON).first()


def waiting(*, account: Account, teleprocedure: str) -> Mapping[State, int]:
    """How many filings of ``account`` want something done: drafts, and those to be confirmed in time."""
    mine = Depot.objects.filter(account=account, teleprocedure=teleprocedure)
    wanting = mine.filter(state__in=[State.BROUILLON, State.A_CONFIRMER]).exclude(expires_at__lte=clock.now())
    return Counter(State(state) for state in wanting.values_list("state", flat=True))


def latest_by(*, account: Account, teleprocedure: str, answer: str) -> list[Depot]:
    """The latest filing of ``account`` for each value of an ``answer``, of those that were transmitted."""
    mine = Depot.objects.filter(account=account, teleprocedure=teleprocedure, submitted_at__isnull=False)
    told = mine.annotate(told=KeyTextTransform(answer, "data"))
    return list(told.order_by("told", "-submitted_at").distinct("told"))


def number_of(*, account: Account) -> int:
    """How many filings of ``account`` were transmitted."""
    return Depot.objects.filter(account=account, submitted_at__isnull=False).count()


def one(*, account: Account, depot_id: uuid.UUID | str) -> Depot:
    """A filing of ``account``, complete. Raises ``DepotNotFound``, for somebody else's as well."""
    return find(account=account, depot_id=depot_id, among=_complete(account))


def find(*, account: Account, depot_id: uuid.UUID | str, among: QuerySet[Depot] | None = None) -> Depot:
    """The row of a filing of ``account``, ``among`` those given. Raises ``DepotNotFound`` as ``one`` does."""
    rows = Depot.objects.all() if among is None else among
    try:
        depot = rows.get(account=account, pk=uuid.UUID(str(depot_id)))
    except (ValueError, Depot.DoesNotExist):
        raise DepotNotFound from None
    depot.account = account  # no query for what the caller holds
    return depot


def by_verification_code(*, code: str) -> Depot | None:
    """The filing whose receipt carries this code, for the public verification page."""
    filed = Depot.objects.filter(state__in=FILED)
    return filed.select_related("receipt", "superseded_by", "account").filter(verification_code=code).first()


def received(depot: Depot) -> list[DepotFile]:
    """The files as they came, in the order that the person chose."""
    return [file for file in depot.files.all() if file.kind == DepotFile.Kind.RECEIVED]


def documents(depot: Depot) -> list[DepotFile]:
    """The PDFs of a filing made of documents, by their number (``position``); a draft may lack some."""
    return [file for file in depot.files.all() if file.kind == DepotFile.Kind.PUBLISHED]


def pages(depot: Depot, *, document: int | None = None) -> list[Page]:
    """The pages of a draft made of documents, in their order; those of one document where it is given."""
    rows = Page.objects.filter(depot=depot)
    return list(rows if document is None else rows.filter(document=document))


def published(depot: Depot) -> DepotFile | None:
    """The one PDF that is published, once it has been made; of several documents, the first one."""
    return next((file for file in depot.files.all() if file.kind == DepotFile.Kind.PUBLISHED), None)


def in_whose_name(depot: Depot) -> str:
    """For whom one files: « LES AMIS (SIREN 123 456 782) », or a person's name alone."""
    if not depot.siren:
        return depot.subject_name
    siren = Siren(depot.siren).grouped
    return gettext("{name} (SIREN {siren})").format(name=depot.subject_name, siren=siren)


def is_public(depot: Depot) -> bool:
    """Whether everybody can read it: it is published, or was until a later version was published."""
    if depot.state == State.REMPLACE and depot.decided_at is not None:
        return teleprocedure(depot.teleprocedure).publication is not None
    return depot.state == State.PUBLIE


def is_correctable(depot: Depot) -> bool:
    """Whether a corrected filing may answer what was decided; a later version has answered it already."""
    ended = depot.state in (State.REFUSE, State.RETIRE) and depot.superseded_by_id is None
    return ended and teleprocedure(depot.teleprocedure).instruction.correctable


def to_correct(*, account: Account, filings: Sequence[Depot]) -> list[Depot]:
    """Those of ``filings``, all of ``account``, that were refused, may be corrected, and were not yet."""
    answered = {one.corrects_id for one in filings if one.state in (State.BROUILLON, *LIVE)}
    later = {_place(one): one.created_at for one in reversed(filings) if one.state in LIVE}
    return [
        one
        for one in filings
        if one.account_id == account.pk
        and one.state == State.REFUSE
        and is_correctable(one)
        and one.pk not in answered
        and later.get(_place(one), one.created_at) <= one.created_at
    ]


def _place(depot: Depot) -> tuple[str, str, str]:
    return depot.teleprocedure, depot.siren, depot.unique_key


def correction(depot: Depot) -> Depot | None:
    """The filing, or the draft, that answers the refusal or the withdrawal of ``depot``; the latest one."""
    void = (State.ABANDONNE, State.EXPIRE)
    return depot.corrections.select_related("account").exclude(state__in=void).order_by("created_at").last()


def token_depot(*, token: str) -> Depot:
    """The filing that a confirmation link names, whether it is confirmed already or not.

    Raises ``LinkUnknown``, ``LinkExpired``, ``FilingDiscarded``.
    """
    link = (
        ConfirmationLink.objects.select_related("depot__account").filter(token_hash=token_hash(token)).first()
    )
    if link is None:
        raise LinkUnknown
    check_confirmable(link.depot)
    return link.depot


def check_confirmable(depot: Depot) -> None:
    """Raise ``LinkExpired`` or ``FilingDiscarded`` unless ``depot`` is confirmed, or still can be."""
    if depot.state == State.ABANDONNE:
        raise FilingDiscarded
    if depot.state == State.EXPIRE or (depot.state == State.A_CONFIRMER and is_past(depot)):
        raise LinkExpired


def is_past(depot: Depot) -> bool:
    """Whether the time to confirm ``depot`` is over."""
    return depot.expires_at is not None and depot.expires_at <= clock.now()


def _complete(account: Account) -> QuerySet[Depot]:
    files = Prefetch("files", queryset=DepotFile.objects.select_related("stored"))
    return Depot.objects.filter(account=account).select_related("receipt").prefetch_related(files)
