"""The pages that every espace has about accounts."""

from collections.abc import Callable
from functools import partial

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from guichet.accounts.definitions import Espace, espace
from guichet.web.access import account_required
from guichet.web.account_forms import AnyProfileForm, ProfileForm
from guichet.web.views import (
    account,
    credentials,
    data,
    enrolment,
    forgotten,
    mailbox,
    passkeys,
    possession,
    proofs,
    recovery,
    recovery_codes,
    second_factor,
    sign_in,
)


def account_urls(
    code: str,
    *,
    profile_form: type[AnyProfileForm] = ProfileForm,
    profile_page: Callable[..., HttpResponseBase] = account.profile,
) -> list[URLPattern]:
    """The addresses of the espace ``code``: sign-in, recovery, and what one may change of one's account.

    ``profile_form``: what it knows of a person; ``profile_page``: its own page of that form.
    """
    door = espace(code)
    mine = account_required(code)
    return [
        *(_by_code(door) if door.codes else _by_link(door)),
        *(_mailbox(door) if door.mailbox else ()),
        *(_provisional(door) if door.provisionals else _recovery(door)),
        *(_trust(door) if door.trust_questions and not door.codes else ()),
        path("connexion/", partial(sign_in.sign_in, door=door), name="sign_in"),
        path("connexion/code/", partial(second_factor.code, door=door), name="second_factor"),
        path(
            "connexion/code-de-secours/",
            partial(second_factor.recovery_code, door=door),
            name="recovery_code",
        ),
        path("connexion/application/", partial(enrolment.enrol, door=door), name="enrol"),
        path("connexion/cle-d-acces/", partial(passkeys.add, door=door), name="passkey_add"),
        path("connexion/application/qr.png", partial(enrolment.qr, door=door), name="enrol_qr"),
        path("deconnexion/", partial(sign_in.sign_out, door=door), name="sign_out"),
        path("reprise/", mine(sign_in.resumed), name="resume"),
        path("second-facteur/", mine(enrolment.factor), name="factor"),
        path("codes-de-secours/", mine(recovery_codes.shown), name="recovery_codes"),
        path(
            "codes-de-secours/fichier/", require_safe(mine(recovery_codes.file)), name="recovery_codes_file"
        ),
        path("compte/", mine(partial(profile_page, form_class=profile_form)), name="profile"),
        path("sessions/", mine(account.sessions), name="sessions"),
        path("vos-donnees/", mine(data.data), name="data"),
        path("vos-donnees/copie/", require_safe(mine(data.archive)), name="data_archive"),
        path("fermer-le-compte/", mine(data.close), name="close"),
        path("compte-ferme/", require_safe(partial(data.closed, door=door)), name="closed"),
    ]


def _mailbox(door: Espace) -> list[URLPattern]:
    """« Mes messages », where what is written about filings stands in the portal."""
    mine = account_required(door.code)
    return [
        path("messages/", require_safe(mine(mailbox.mailbox)), name="messages"),
        path("messages/<uuid:pli_id>/", require_safe(mine(mailbox.message)), name="message"),
    ]


def _by_link(door: Espace) -> list[URLPattern]:
    """What changes by the password, and is confirmed by the link of a message."""
    mine = account_required(door.code)
    return [
        path("mot-de-passe/", mine(credentials.change_password), name="password"),
        path("adresse/", mine(account.email), name="email"),
        path("adresse/envoye/", require_safe(mine(account.email_sent)), name="email_sent"),
    ]


def _recovery(door: Espace) -> list[URLPattern]:
    """A forgotten password, by the mailbox."""
    return [
        path("mot-de-passe-oublie/", partial(credentials.recovery, door=door), name="recovery"),
        path(
            "mot-de-passe-oublie/envoye/", partial(credentials.recovery_sent, door=door), name="recovery_sent"
        ),
    ]


def _provisional(door: Espace) -> list[URLPattern]:
    """A forgotten password where accounts may have a provisional one, and what follows (003, chapter 5)."""
    return [
        path("mot-de-passe-oublie/", partial(forgotten.forgotten, door=door), name="recovery"),
        path("mot-de-passe-oublie/envoye/", partial(forgotten.sent, door=door), name="recovery_sent"),
        path("connexion/premiere/", partial(possession.possession, door=door), name="possession"),
    ]


def _trust(door: Espace) -> list[URLPattern]:
    """The question of trust where messages hold links (003, chapter 5)."""
    mine = account_required(door.code)
    return [path("question-de-confiance/", mine(credentials.change_trust), name="trust")]


def _by_code(door: Espace) -> list[URLPattern]:
    """The same where messages bring codes, and a question of trust is asked (004, steps 2 and 3)."""
    mine = account_required(door.code)
    return [
        path("mot-de-passe-oublie/code/", partial(recovery.code, door=door), name="recovery_open"),
        path("mot-de-passe-oublie/nouveau/", partial(recovery.new, door=door), name="recovery_new"),
        path("mot-de-passe/", mine(partial(proofs.ask, change=proofs.PASSWORD)), name="password"),
        path("mot-de-passe/code/", mine(proofs.password), name="password_code"),
        path("adresse/", mine(partial(proofs.ask, change=proofs.EMAIL)), name="email"),
        path("adresse/code/", mine(proofs.email), name="email_code"),
        path("adresse/confirmation/", mine(proofs.confirm_email), name="email_confirm"),
        path("question-de-confiance/", mine(partial(proofs.ask, change=proofs.TRUST)), name="trust"),
        path("question-de-confiance/code/", mine(proofs.trust), name="trust_code"),
    ]
