"""Giving the portal a new seal, while it works.

The former certificate goes to ``former/`` first, as nothing that it signed may ever stop verifying. The new
pair is written beside the one in use, then takes its place: the key, then the certificate. A process that
reads in between finds the certificate as ``next.crt``, and so do all of them where the rotation is cut off
there.
"""

import datetime as dt
from pathlib import Path

from django.db import transaction

from guichet.journal import operations, pairs, sealing
from guichet.journal.pairs import SealKey
from guichet.kernel.refusals import N_, Refusal

SUBJECT = "seal"  # of the journal's events about the seal itself


class NotValidNow(Refusal):
    """A certificate that is not valid yet, or no longer, would make receipts that nobody trusts."""

    code = "seal.not_valid"
    message = N_("Ce certificat vaut du {begins} au {ends} : donnez-en un qui vaut aujourd’hui.")


class SameSeal(Refusal):
    """The pair given is the one in use."""

    code = "seal.same"
    message = N_("Ce certificat est déjà celui du portail : il n’y a rien à changer.")


def rotate(*, pair: SealKey | None = None, validity: dt.timedelta) -> SealKey:
    """Put ``pair`` in use, or a new one under the name of the present certificate that lasts ``validity``.

    What stands in the journal is sealed with the former key before. Journalled. Raises ``NotValidNow``,
    ``SameSeal`` and ``pairs.SealKeyError``.
    """
    operations.seal()
    with sealing.alone(sealing.folder()), transaction.atomic():
        before = sealing.signer()
        new = pair or pairs.new_pair(before.certificate.subject, validity)
        _check(new, before)
        data = {"former": before.fingerprint, "current": new.fingerprint}
        operations.record(subject=SUBJECT, kind="seal.rotated", actor="operator", data=data)
        _replace(sealing.folder(), before, new)
    return new


def _check(new: SealKey, before: SealKey) -> None:
    begins, ends = new.certificate.not_valid_before_utc, new.certificate.not_valid_after_utc
    if not pairs.is_valid_now(new.certificate):
        raise NotValidNow(begins=f"{begins:%d/%m/%Y}", ends=f"{ends:%d/%m/%Y}")
    if new.fingerprint == before.fingerprint:
        raise SameSeal


def _replace(place: Path, before: SealKey, new: SealKey) -> None:
    former = place / sealing.FORMER
    pairs.make_folder(former)
    pairs.write_certificate(former / f"{before.fingerprint[:16]}.crt", before.certificate)
    pairs.write_key(place / sealing.NEXT_KEY, new)
    pairs.write_certificate(place / sealing.NEXT_CERTIFICATE, new.certificate)
    (place / sealing.NEXT_KEY).rename(place / sealing.KEY)
    (place / sealing.NEXT_CERTIFICATE).rename(place / sealing.CERTIFICATE)
    pairs.sync_folder(place)
