"""« Votre formulaire d’inscription » (004, step 4): what is known of a subscriber, as a tagged PDF to keep.

Neither the password nor the question of trust stands in it: a paper lies about.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from guichet.accounts.models import Account
from guichet.depots.receipts.content import held, writable
from guichet.espaces.abonne.definition import ABONNE
from guichet.espaces.abonne.presentation import Section, of_account
from guichet.files.typesetting import TAGGED, Layout
from guichet.kernel import clock
from guichet.kernel.clock import PARIS
from guichet.kernel.dates import in_words, moment_in_words

LAYOUT = Layout(Path(__file__).with_name("record.typ"), *TAGGED)


def pdf(account: Account) -> bytes:
    """The form of ``account``, as it is known at this moment."""
    now = clock.now()
    with override("fr"):
        return LAYOUT.pdf(writable(_content(account, now)), moment=now)


def registered_on(account: Account) -> str:
    """« 2 novembre 2014 »: the day of the activation, in Paris, as the number has it."""
    return in_words(account.created_at.astimezone(PARIS).date())


def _content(account: Account, now: dt.datetime) -> dict[str, Any]:
    title = _("Formulaire d’inscription à l’espace abonné")
    fake = _("DÉMONSTRATION : données fictives, ce document n’a aucune valeur.")
    keep = _(
        "Ce numéro d’abonné vous est personnel et doit le rester. Conservez ce formulaire : il vous sera "
        "utile si vous oubliez votre mot de passe ou si vous voulez changer d’identifiants."
    )
    return {
        "title": title,
        "author": _(ABONNE.service.name),
        "number_label": _("Numéro d’abonné"),
        "number": account.number or "",
        "opening": [held(text) for text in ([fake, keep] if settings.DEMO else [keep])],
        "sections": [_registration(account), *map(_section, of_account(account)), _help()],
        "footer": held(f"{settings.PORTAL_NAME} · {title} · {moment_in_words(now)}"),
        "page_label": _("Page"),
    }


def _registration(account: Account) -> dict[str, Any]:
    rows = [
        (_("Inscription réalisée le"), registered_on(account)),
        (_("Conditions acceptées"), _("version {version}").format(version=account.terms_version)),
        (_("Acceptées le"), moment_in_words(account.terms_accepted_at or account.created_at)),
        (_("Mot de passe"), _("Il n’est pas imprimé.")),
        (_("Question de confiance"), _("Ni la question ni sa réponse ne sont imprimées.")),
    ]
    return {
        "title": _("Votre inscription"),
        "rows": [{"label": label, "value": value} for label, value in rows],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "rows": [{"label": row.label, "value": held(row.value)} for row in section.rows],
    }


def _help() -> dict[str, Any]:
    service = ABONNE.service
    rows = [
        (_("Service"), _(service.name)),
        (_("Adresse"), "\n".join(service.address)),
        (_("Courriel"), service.email),
        (_("Téléphone"), service.phone_in_pairs),
    ]
    return {
        "title": _("Votre contact"),
        "rows": [{"label": label, "value": value} for label, value in rows],
    }
