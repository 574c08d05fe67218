"""A candidature is settled once, while its company is held, and both sides are told."""

from typing import Any

from guichet.accounts.models import Account
from guichet.inscriptions.models import Acteur, Candidature, Inscription
from guichet.inscriptions.operations.holding import lock
from guichet.inscriptions.operations.notices import company_of, tell, tell_administrateurs
from guichet.inscriptions.queries.people import ActeurNotFound, name_of
from guichet.inscriptions.states import Issue
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

GRANTED = (Issue.ACCORDEE, Issue.CLE, Issue.AGENT)


class AlreadySettled(Refusal):
    """Somebody answered first, the candidate took it back, or 15 days are over."""

    code = "already_settled"
    message = N_(
        "Cette demande n’attend plus de réponse : quelqu’un y a répondu, la personne l’a retirée, ou les "
        "15 jours sont passés."
    )
    status = 409


def waiting(acteur_id: int, inscription: Inscription) -> Candidature:
    """A candidature of a company that is held, which waits for its answer.

    Raises ``ActeurNotFound`` for anybody else, and ``AlreadySettled``.
    """
    rows = Candidature.objects.select_related("acteur__account", "acteur__inscription")
    candidature = rows.filter(pk=acteur_id, acteur__inscription=inscription).first()
    if candidature is None:
        raise ActeurNotFound
    if candidature.settled_at or candidature.lapses_at <= clock.now():
        raise AlreadySettled
    return candidature


def own(account: Account) -> Candidature:
    """What ``account`` asked for and waits for; its company is held then. Raises ``AlreadySettled``."""
    acteur = Acteur.objects.filter(account=account, ended_at=None, began_at=None).first()
    if acteur is None:
        raise AlreadySettled
    return waiting(acteur.pk, lock(acteur.inscription_id))


def settle(
    candidature: Candidature, issue: Issue, *, actor: str, by: Account | None = None, motif: str = ""
) -> Acteur:
    """Write what became of a candidature of a company that is held, and tell both sides."""
    acteur, now = candidature.acteur, clock.now()
    candidature.issue, candidature.settled_at, candidature.settled_by = issue, now, actor
    candidature.motif, candidature.key_hash = motif, ""
    candidature.save(update_fields=["issue", "settled_at", "settled_by", "motif", "key_hash"])
    if issue in GRANTED:
        acteur.administrateur, acteur.declarant, acteur.began_at = True, True, now
    else:
        acteur.ended_at, acteur.ended_by = now, actor
    acteur.save(update_fields=["administrateur", "declarant", "began_at", "ended_at", "ended_by"])
    _tell(candidature, by)
    data = {"acteur": acteur.pk, "issue": str(issue), "voie": candidature.voie}
    journal.record(subject=acteur.inscription.subject, kind="candidature.settled", actor=actor, data=data)
    return acteur


def _tell(candidature: Candidature, by: Account | None) -> None:
    acteur = candidature.acteur
    said: dict[str, Any] = {
        "issue": candidature.issue,
        "granted": candidature.issue in GRANTED,
        "by": name_of(by) if by else "",
        "motif": candidature.motif,
    }
    if candidature.issue != Issue.RETIREE:
        tell(acteur.account, "candidature_reponse", **company_of(acteur.inscription), **said)
    silent = [acteur.account, *([by] if by else [])]
    tell_administrateurs(
        acteur.inscription, "candidat_reponse", but=silent, person=name_of(acteur.account), **said
    )
