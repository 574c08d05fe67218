"""Signing in with a client certificate, and binding one to an account (004; ADR 0020).

What is bound is the certificate's public key: a certificate that was renewed for the same key just signs in.
That the certificate holds is the door's affair (``web.certificates``); here somebody has presented it.
"""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from guichet.accounts.definitions import Espace
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account, BoundCertificate, Session, Token
from guichet.accounts.operations import answers, attempts, codes, messages
from guichet.accounts.operations.attempts import LockedOut
from guichet.accounts.operations.credentials import AccountSuspended, conclude_sign_in
from guichet.accounts.operations.recovery import nobody
from guichet.accounts.rules import Client, Presented
from guichet.accounts.sessions import factor_wanted, row_key
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal

RENEWAL = "certificate"  # what the tries at its codes are counted under


class CertificateUnbound(Refusal):
    """It is valid, and opens no account here."""

    code = "certificate_unbound"
    title = N_("Ce certificat n’ouvre aucun espace")
    message = N_(
        "Ce certificat est valable, mais il n’est relié à aucun espace abonné. Si vous avez déjà un espace, "
        "reliez-le par « Renouvelez / réactivez votre accès à l’espace abonné avec certificat » ; sinon, "
        "choisissez « Abonnez-vous à votre espace »."
    )
    status = 403


class CertificateEnded(CertificateUnbound):
    """It did open an account, until another took its place or its person took it away."""

    code = "certificate_ended"
    title = N_("Ce certificat n’ouvre plus votre espace")
    message = N_(
        "Ce certificat a été remplacé par un autre, ou retiré de votre espace abonné. Présentez le "
        "certificat qui l’a remplacé, ou reliez celui-ci de nouveau par « Renouvelez / réactivez votre "
        "accès à l’espace abonné avec certificat »."
    )


class CertificateTaken(Refusal):
    """Its key opens another account: which one is nobody's business."""

    code = "certificate_taken"
    title = N_("Ce certificat ouvre déjà un autre espace")
    message = N_(
        "Ce certificat est déjà relié à un autre espace abonné, et ne peut en ouvrir qu’un seul. Accédez à "
        "cet espace avec lui, ou utilisez un autre certificat pour celui-ci."
    )
    status = 409


class CertificateUnknown(Refusal):
    """Not one of the account's certificates, or one that has ended already."""

    code = "certificate_unknown"
    message = N_("Ce certificat n’est pas, ou n’est plus, relié à votre espace.")
    status = 404


class CertificatesLockedOut(LockedOut):
    """Too many certificates that open nothing. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "certificates_locked_out"
    message = N_(
        "Trop d’essais avec un certificat qui n’ouvre aucun espace. Réessayez dans {minutes} min, ou "
        "connectez-vous avec votre mot de passe."
    )


def sign_in_by_certificate(*, espace: str, presented: Presented, client: Client) -> Account:
    """The account that ``presented`` opens; ``sessions.begin`` then opens the session.

    Where a second factor is wanted (``sessions.factor_wanted``), the session waits for ``finish_sign_in``.
    What is kept of the certificate follows one that was renewed for the same key. Tries are counted by
    address and by key. Raises ``CertificateUnbound`` (and its ``CertificateEnded``), ``AccountSuspended``,
    ``CertificatesLockedOut``.
    """
    door, name = door_of(espace), f"certificate {presented.key}"
    _count(door, name, client)
    with transaction.atomic():
        account, row = _bound(espace, presented)
        if not account.suspended_at:
            _follow(row, presented)
            _conclude(account)
    attempts.forgive_sign_in(door, name, client)
    if account.suspended_at:
        raise AccountSuspended
    return account


def check_unbound(*, espace: str, presented: Presented) -> None:
    """Raise ``CertificateTaken`` where somebody who registers with ``presented`` has an account already."""
    if _live(espace, presented).exists():
        raise CertificateTaken


@transaction.atomic
def bind_certificate(*, account: Account, presented: Presented) -> None:
    """``presented`` opens ``account`` from now on, in place of its former certificate; the person is told.

    Only for whom activates, or has proven to be its person. Raises ``CertificateTaken``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    _bind(account, presented)


@transaction.atomic
def end_certificate(*, account: Account, certificate_id: int, keep_session: str = "") -> None:
    """``certificate_id`` opens nothing from now on; every other session is closed, and the person told.

    ``keep_session``: the key of the present session. Raises ``CertificateUnknown``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    row = BoundCertificate.objects.filter(account=account, pk=certificate_id, ended_at=None).first()
    if row is None:
        raise CertificateUnknown
    _end(account)
    _close_sessions(account, keep_session)
    _record(account, "certificate_ended", certificate=row.pk)
    messages.tell(account, "certificat_retire", serial=row.serial)


def ask_renewal(*, espace: str, identifier: str, client: Client) -> None:
    """Send a code to the account's mailbox, to bind a certificate without the former one (004).

    For an unknown identifier, or a suspended account, the same work is done, and taken back: neither the
    answer nor its timing tells anything. Raises ``attempts.TooManyMessages``.
    """
    door = door_of(espace)
    attempts.count_message(door, identifier, client)
    # Two, as taking back the inner one leaves the outer one its commit, which is what takes longest.
    with transaction.atomic(), transaction.atomic():
        known = Account.objects.filter(espace=espace, identifier=identifier, suspended_at=None)
        account = known.first()
        _send_code(door, account or nobody(door, identifier))
        if account is None:
            transaction.set_rollback(True)


def open_renewal(*, espace: str, identifier: str, code: str, client: Client) -> Account:
    """Whose mailbox the code of ``ask_renewal`` came to; it is used up.

    Raises ``codes.CodeRefused`` (one sentence for all cases) and ``attempts.CodeTriesLockedOut``.
    """
    door = door_of(espace)
    attempts.count_code_try(door, RENEWAL, identifier, client)
    with transaction.atomic():
        owner = _owner(identifier)
        account, row = codes.find_of_account(Token.Kind.PROOF, door=door, owner=owner, code=code)
        codes.check_usable(row)
        codes.use(row)
        _record(account, "certificate_code_given")
    attempts.forgive_code_tries(door, RENEWAL, identifier, client)
    return account


def renewing_account(*, account_id: str) -> Account | None:
    """Who gave the code of ``open_renewal`` a short while ago, unless the account was suspended since."""
    return Account.objects.filter(pk=account_id, suspended_at=None).first()


def renew_certificate(*, account: Account, presented: Presented, answer: str) -> None:
    """Bind ``presented`` in place of the former certificate, after ``open_renewal``, by the trust answer.

    Every session is closed, and the person told. Raises ``answers.WrongAnswer``,
    ``attempts.AnswersLockedOut``, ``CertificateTaken``, ``AccountSuspended``.
    """
    answers.check_answer(account, answer)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.suspended_at:
            raise AccountSuspended
        _bind(account, presented)
        _close_sessions(account, "")


@transaction.atomic
def replace_certificate(*, account: Account, presented: Presented, former: str, keep_session: str) -> None:
    """Bind ``presented`` in a session that the certificate of the key ``former`` began (004).

    Every other session is closed, and the person told. Raises ``CertificateUnknown`` where ``former`` opens
    the account no more, and ``CertificateTaken``.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if not opens(account=account, key=former):
        raise CertificateUnknown
    _bind(account, presented)
    _close_sessions(account, keep_session)


def opens(*, account: Account, key: str) -> bool:
    """Whether the certificate of ``key`` opens ``account`` now."""
    return BoundCertificate.objects.filter(account=account, key=key, ended_at=None).exists()


def _count(door: Espace, name: str, client: Client) -> None:
    try:
        attempts.count_sign_in(door, name, client)
    except LockedOut as refusal:
        raise CertificatesLockedOut(retry_after=refusal.retry_after) from None


def _live(espace: str, presented: Presented) -> QuerySet[BoundCertificate]:
    return BoundCertificate.objects.filter(espace=espace, key=presented.key, ended_at=None)


def _bound(espace: str, presented: Presented) -> tuple[Account, BoundCertificate]:
    """The account that ``presented`` opens, locked, and the row that says so."""
    if not door_of(espace).certificates:
        raise CertificateUnbound
    accounts = Account.objects.select_for_update(of=("self",))
    account = accounts.filter(certificates__in=_live(espace, presented)).first()
    # Read again under the lock: the account may have changed its certificate meanwhile.
    row = _live(espace, presented).filter(account=account).first() if account else None
    if account is None or row is None:
        ended = BoundCertificate.objects.filter(espace=espace, key=presented.key).exists()
        raise CertificateEnded if ended else CertificateUnbound
    return account, row


def _conclude(account: Account) -> None:
    if factor_wanted(account):
        _record(account, "certificate_given")
    else:
        conclude_sign_in(account, means="certificate")


def _follow(row: BoundCertificate, presented: Presented) -> None:
    """The same key, perhaps in a newer certificate."""
    renewed = row.serial != presented.serial
    row.serial, row.not_after = presented.serial, presented.not_after
    row.issuer, row.subject = presented.issuer, presented.subject
    row.last_used_at = clock.now()
    row.save()
    if renewed:
        _record(
            row.account, "certificate_followed", certificate=row.pk, not_after=f"{row.not_after:%Y-%m-%d}"
        )


def _bind(account: Account, presented: Presented) -> None:
    if mine := _live(account.espace, presented).filter(account=account).first():
        _follow(mine, presented)
        return
    ended = _end(account)
    row = _create(account, presented)
    _record(account, "certificate_renewed" if ended else "certificate_bound", certificate=row.pk, ended=ended)
    until = moment_in_words(row.not_after)
    messages.tell(account, "certificat_relie", serial=row.serial, until=until, renewed=bool(ended))


def _send_code(door: Espace, account: Account) -> None:
    lifetime = door.lifetimes.recovery
    owner = _owner(account.identifier)
    row, code = codes.issue(Token.Kind.PROOF, door=door, owner=owner, lifetime=lifetime, account=account)
    deadline = moment_in_words(row.expires_at)
    messages.tell(account, "code_de_certificat", secret=True, code=code, deadline=deadline)
    subject, kind = account.subject, "account.certificate_renewal_asked"
    journal.record(subject=subject, kind=kind, actor="anonymous", data={})


def _owner(identifier: str) -> str:
    """Whose the code is: not that of a proof that somebody who is signed in asks for."""
    return f"{RENEWAL} {identifier}"


def _create(account: Account, presented: Presented) -> BoundCertificate:
    known = {"account": account, "espace": account.espace, "bound_at": clock.now()}
    read = {name: getattr(presented, name) for name in ("key", "serial", "issuer", "subject", "not_after")}
    try:
        with transaction.atomic():
            return BoundCertificate.objects.create(**known, **read)
    except IntegrityError:  # the database holds it: one key, one account
        raise CertificateTaken from None


def _end(account: Account) -> list[int]:
    """End the certificates of a locked account; their ids."""
    rows = BoundCertificate.objects.filter(account=account, ended_at=None)
    ids = sorted(rows.values_list("pk", flat=True))
    rows.update(ended_at=clock.now())
    return ids


def _close_sessions(account: Account, keep: str) -> None:
    Session.objects.filter(account=account).exclude(pk=row_key(keep)).delete()


def _record(account: Account, kind: str, **data: object) -> None:
    journal.record(subject=account.subject, kind=f"account.{kind}", actor=account.subject, data=data)
