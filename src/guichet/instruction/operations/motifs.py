"""The reasons that the operator keeps: made, changed, retired, and never erased."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from guichet.depots.definitions import teleprocedures
from guichet.instruction.models import Agent, Motif
from guichet.instruction.operations.decisions import UnknownMotif
from guichet.instruction.queries.rights import check_role, codes_of
from guichet.instruction.rules import MAX_LABEL, MotifKind, NotAllowed, Role, clean_text
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_, Refusal


class MotifExists(Refusal):
    """Two reasons of one name could not be told apart."""

    code = "motif_exists"
    message = N_("Un motif porte déjà ce nom. Donnez-en un autre, ou modifiez celui qui existe.")
    field = "label"
    status = 409


def keep_motif(
    *,
    agent: Agent,
    teleprocedure: str,
    kind: MotifKind | str,
    label: str,
    text: str,
    motif_id: int | None = None,
) -> Motif:
    """Make a reason, or change that of ``motif_id``, which is in use again if it was retired.

    What filers have read stays as they read it. Raises ``NotAllowed``, ``UnknownMotif``, ``MotifExists``,
    ``TextMissing``, ``TextTooLong`` and what ``kernel.names.clean_name`` raises.
    """
    _check(agent, teleprocedure)
    name, words = clean_name(label, max_length=MAX_LABEL), clean_text(text)
    with transaction.atomic():
        motif = _motif(motif_id, teleprocedure, MotifKind(kind))
        motif.label, motif.text, motif.active = name, words, True
        _save(motif)
        _record(motif, "motif_kept", agent)
    return motif


def retire_motif(*, agent: Agent, motif_id: int) -> Motif:
    """Propose a reason no longer; decisions that gave it keep it. Raises ``NotAllowed``, ``UnknownMotif``."""
    with transaction.atomic():
        motif = Motif.objects.select_for_update().filter(pk=motif_id).first()
        if motif is None:
            raise UnknownMotif
        _check(agent, motif.teleprocedure)
        if motif.active:
            motif.active = False
            motif.save(update_fields=["active"])
            _record(motif, "motif_retired", agent)
    return motif


def seed_motifs() -> int:
    """Fill the lists of téléprocédures that never had one with the reasons of their definitions; how many.

    Idempotent: a list that the operator has touched is left alone.
    """
    made = 0
    with transaction.atomic():
        for code, definition in teleprocedures().items():
            first = {
                MotifKind.REFUS: definition.instruction.reasons,
                MotifKind.RETRAIT: definition.instruction.withdrawals,
            }
            for kind, reasons in first.items():
                made += _seed(code, kind, reasons)
    return made


def _check(agent: Agent, teleprocedure: str) -> None:
    check_role(agent, Role.SUPERVISEUR)
    if teleprocedure not in codes_of(agent):
        raise NotAllowed


def _motif(motif_id: int | None, teleprocedure: str, kind: MotifKind) -> Motif:
    if motif_id is None:
        return Motif(teleprocedure=teleprocedure, kind=kind, created_at=clock.now())
    rows = Motif.objects.select_for_update().filter(teleprocedure=teleprocedure, kind=kind)
    found = rows.filter(pk=motif_id).first()
    if found is None:
        raise UnknownMotif
    return found


def _save(motif: Motif) -> None:
    try:
        with transaction.atomic():
            motif.save()
    except IntegrityError:
        raise MotifExists from None


def _record(motif: Motif, kind: str, agent: Agent) -> None:
    data = {
        "role": agent.role,
        "teleprocedure": motif.teleprocedure,
        "for": motif.kind,
        "sha256": hashlib.sha256(f"{motif.label}\n{motif.text}".encode()).hexdigest(),
    }
    journal.record(subject=f"motif:{motif.pk}", kind=f"instruction.{kind}", actor=agent.actor, data=data)


def _seed(code: str, kind: MotifKind, reasons: tuple[tuple[str, str], ...]) -> int:
    if not reasons or Motif.objects.filter(teleprocedure=code, kind=kind).exists():
        return 0
    now = clock.now()
    made = [
        Motif(teleprocedure=code, kind=kind, label=gettext(label), text=gettext(text), created_at=now)
        for label, text in reasons
    ]
    Motif.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)
