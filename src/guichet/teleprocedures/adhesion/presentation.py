"""Requests for membership in words: for whoever asked, and for the company that is asked."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.adhesions.states import By
from guichet.adhesions.values import WITHHELD, Adhesion
from guichet.depots.states import State
from guichet.kernel.clock import PARIS

# State → its words, and the class of its badge.
STATES = {
    State.CONFIRME: (gettext_lazy("En attente de l’entreprise"), "info"),
    State.ACCEPTE: (gettext_lazy("En vigueur"), "success"),
    State.REFUSE: (gettext_lazy("Refusée"), "error"),
    State.CADUC: (gettext_lazy("Caduque"), "warning"),
    State.TERMINE: (gettext_lazy("Terminée"), "warning"),
}
TAKEN_BACK = gettext_lazy("Retirée")
# Who answered or ended, for whoever asked.
WHO = {
    By.CODE: gettext_lazy("Par l’entreprise, avec le code de la lettre"),
    By.ACCOUNT: gettext_lazy("Par l’entreprise, depuis son espace"),
    By.AGENT: gettext_lazy("Par le service, à la place de l’entreprise"),
    By.FIRM: gettext_lazy("Par votre cabinet"),
    By.SYSTEM: gettext_lazy("Sans réponse de l’entreprise"),
}
ANSWERED = {
    State.ACCEPTE: gettext_lazy("Acceptée le"),
    State.TERMINE: gettext_lazy("Acceptée le"),
    State.REFUSE: gettext_lazy("Refusée le"),
    State.CADUC: gettext_lazy("Sans effet depuis le"),
}
TITLES = {
    State.CONFIRME: gettext_lazy("{who} demande à agir pour votre entreprise"),
    State.ACCEPTE: gettext_lazy("{who} peut agir pour votre entreprise"),
    State.REFUSE: gettext_lazy("La demande de {who} est refusée"),
    State.CADUC: gettext_lazy("La demande de {who} n’a plus d’effet"),
    State.TERMINE: gettext_lazy("{who} n’agit plus pour votre entreprise"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as its company reads it. ``who`` is the person: for which firm she works is her own word."""

    adhesion: Adhesion
    who: str
    company: str  # its name, or nothing where the register withholds it even from us
    title: str
    state_words: str
    badge: str
    taken_back: bool
    services: str
    asked_on: dt.date
    settled_on: dt.date | None


def asked_of(adhesion: Adhesion) -> Asked:
    """``adhesion`` for the eyes of the company itself."""
    who = adhesion.person or adhesion.firm or _("Un professionnel")
    words, badge = standing(adhesion)
    return Asked(
        adhesion=adhesion,
        who=who,
        company="" if adhesion.name == WITHHELD else adhesion.name,
        title=str(TITLES[adhesion.state]).format(who=who),
        state_words=words,
        badge=badge,
        taken_back=is_taken_back(adhesion),
        services=", ".join(adhesion.services),
        asked_on=day(adhesion.asked_at),
        settled_on=day(adhesion.settled_at) if adhesion.settled_at else None,
    )


def line_of(adhesion: Adhesion, url: str) -> dict[str, Any]:
    """``adhesion`` in « Mes dossiers »; ``url`` is that of its page."""
    words, badge = standing(adhesion)
    return {
        "url": url,
        "name": _(adhesion.name),
        "siren": adhesion.siren,
        "reference": adhesion.reference,
        "services": ", ".join(adhesion.services),
        "asked_on": day(adhesion.asked_at),
        "state_words": words,
        "badge": badge,
        "until": day(adhesion.lapses_at) if adhesion.state == State.CONFIRME else None,
        "handing_over": adhesion.handing_over,
    }


def standing(adhesion: Adhesion) -> tuple[str, str]:
    """Where a request stands, in words, and the class of its badge."""
    words, badge = STATES[adhesion.state]
    return str(TAKEN_BACK if is_taken_back(adhesion) else words), badge


def is_taken_back(adhesion: Adhesion) -> bool:
    """Whether the firm took its request back before it was answered."""
    return adhesion.state == State.CADUC and adhesion.answered_by == By.FIRM


def who(by: By | None) -> str:
    """Who answered or ended, in words; nothing where nobody did."""
    return str(WHO[by]) if by else ""


def day(moment: dt.datetime) -> dt.date:
    """The day of ``moment`` in Paris."""
    return moment.astimezone(PARIS).date()
