"""The two ways of a candidate: those who administer the company agree, or a letter brings a key."""

import datetime as dt
import math

from django.db import transaction
from django.utils.crypto import constant_time_compare

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.operations import tallies
from guichet.accounts.rules import Client
from guichet.courriers import codes
from guichet.entreprises import queries as entreprises
from guichet.entreprises.rules import Etablissement
from guichet.inscriptions.models import Acteur, Candidature
from guichet.inscriptions.operations.notices import tell_administrateurs, write_letter
from guichet.inscriptions.operations.settling import AlreadySettled, own, settle
from guichet.inscriptions.queries.people import name_of, reachable
from guichet.inscriptions.rules import LAPSES_AFTER, Voie
from guichet.inscriptions.states import Issue
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.reference import InvalidReference, Reference
from guichet.kernel.refusals import N_, Refusal

PURPOSE = "guichet.inscriptions.key"
TRIES, TRIES_WINDOW = 5, dt.timedelta(minutes=15)
MOST_TRIES = 20  # at one candidature: then its key opens nothing
TRIES_PER_ADDRESS = 50
ANOTHER_KEY_AFTER = dt.timedelta(days=5)  # a letter that did not arrive by then is written again
MOST_LETTERS = 10  # to one company in that time, whoever asks: each is printed and stamped
TOLD_ONCE_IN = dt.timedelta(days=1)
MOST_TOLD = 20  # candidates of one company in that time: the page names those that come after, and reminders


class NobodyToAsk(Refusal):
    """No administrateur is left who could answer."""

    code = "nobody_to_ask"
    message = N_(
        "Votre entreprise n’a plus d’administrateur qui puisse vous répondre. Demandez la clé d’activation "
        "par courrier postal ; s’il ne peut pas vous parvenir, adressez-vous au service avec « Demander "
        "l’accès »."
    )
    field = "voie"
    status = 409


class NoAddress(Refusal):
    """The register has no address to which a letter with a key would arrive."""

    code = "no_address"
    message = N_(
        "Le répertoire Sirene ne donne pas d’adresse où vous écrire. Demandez l’accord d’un administrateur, "
        "ou adressez-vous au service avec « Demander l’accès »."
    )
    field = "voie"
    status = 409


class TooManyLetters(Refusal):
    """As many people of one company asked for a letter as is believed."""

    code = "too_many_letters"
    message = N_(
        "Plusieurs lettres viennent déjà de partir pour votre entreprise : nous n’en écrivons pas d’autre "
        "pour l’instant. Demandez l’accord d’un administrateur, réessayez dans quelques jours, ou "
        "adressez-vous au service avec « Demander l’accès »."
    )
    field = "voie"
    status = 409


class KeyRefused(Refusal):
    """Mistyped, of another letter, or there is none."""

    code = "key_refused"
    message = N_(
        "Cette clé n’est pas celle de votre dernière lettre. Vérifiez chaque signe : elle compte 12 lettres "
        "et chiffres, par exemple K7RM-3VXP-9QTC."
    )
    field = "key"


class KeyTriesLockedOut(Refusal):
    """Too many wrong keys. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "key_tries_locked_out"
    message = N_("Trop de clés inexactes. Réessayez dans {minutes} min, la dernière lettre sous les yeux.")
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, minutes=math.ceil(retry_after / 60))


class KeySpent(Refusal):
    """So many wrong keys that the letter's opens nothing any more."""

    code = "key_spent"
    message = N_(
        "Trop de clés inexactes : celle de votre lettre n’est plus valable. Demandez l’accord d’un "
        "administrateur, ou adressez-vous au service avec « Demander l’accès »."
    )
    status = 409


def possible(acteur: Acteur, voie: Voie) -> Voie:
    """``voie``, or the other one where it leads nowhere and the other does not."""
    asked = bool(reachable(acteur.inscription_id))
    written = _place(acteur) is not None and not _is_much_written(acteur)
    if voie is Voie.COOPTATION and not asked:
        return Voie.CLE
    return Voie.COOPTATION if voie is Voie.CLE and not written and asked else voie


def take(candidature: Candidature, voie: Voie) -> None:
    """Go that way: the administrateurs are told, or the key is written, once each. Its company is held."""
    candidature.voie = voie
    if voie is Voie.CLE:
        _write_key(candidature)
    else:
        _tell_administrateurs(candidature)
    candidature.save(update_fields=["voie", "key_hash", "letter"])


@transaction.atomic
def choose_way(*, account: Account, voie: Voie) -> None:
    """A candidate changes the way; the 15 days run on. A letter is written again after 5 days.

    Raises ``AlreadySettled``, ``NobodyToAsk``, ``NoAddress`` and ``TooManyLetters``.
    """
    candidature = own(account)
    acteur = candidature.acteur
    if voie is Voie.COOPTATION and not reachable(acteur.inscription_id).exists():
        raise NobodyToAsk
    if voie is Voie.CLE and not candidature.key_hash and _place(acteur) is None:
        raise NoAddress
    if voie is Voie.CLE and _is_due(candidature) and _is_much_written(acteur):
        raise TooManyLetters
    take(candidature, voie)
    data = {"acteur": acteur.pk, "voie": voie.value, "letter": candidature.letter_id or 0}
    journal.record(
        subject=acteur.inscription.subject, kind="candidature.way_chosen", actor=account.subject, data=data
    )


def type_key(*, account: Account, key: str, client: Client) -> Acteur:
    """The key of the letter, as it was typed: the candidate is administrateur from now on.

    A try counts before it is looked at, so that many at once gain nothing. Call it outside a transaction.
    Raises ``KeyRefused``, ``KeyTriesLockedOut``, ``KeySpent`` and ``AlreadySettled``.
    """
    acteur = Acteur.objects.filter(account=account, ended_at=None, began_at=None).first()
    if acteur is None:
        raise AlreadySettled
    _count(acteur, client)
    with transaction.atomic():
        candidature = own(account)
        if not _is_right(candidature, key):
            raise KeyRefused
        return settle(candidature, Issue.CLE, actor=account.subject)


def _count(acteur: Acteur, client: Client) -> None:
    """Raise ``KeySpent`` or ``KeyTriesLockedOut`` where there were too many tries."""
    address, mine = tallies.address_key(PURPOSE, client), tallies.key(PURPOSE, str(acteur.pk))
    wait = tallies.count({address: TRIES_PER_ADDRESS, mine: TRIES}, window=TRIES_WINDOW)
    if wait:
        raise KeyTriesLockedOut(retry_after=wait)
    if tallies.count({tallies.key(PURPOSE, "all", str(acteur.pk)): MOST_TRIES}, window=LAPSES_AFTER):
        raise KeySpent


def _is_right(candidature: Candidature, typed: str) -> bool:
    try:
        key = str(Reference.parse(typed))
    except InvalidReference:
        return False
    hashes = codes.code_hashes(PURPOSE, candidature.acteur.inscription.siren, key)
    known = candidature.key_hash
    return bool(known) and any(constant_time_compare(known, one) for one in hashes)


def _place(acteur: Acteur) -> Etablissement | None:
    """Where a letter to the établissement of ``acteur`` arrives; else its company's siège."""
    own = entreprises.etablissement(siret=acteur.siret)
    if own and own.envelope:
        return own
    unite = entreprises.unite(siren=acteur.inscription.siren)
    return unite.siege if unite and unite.siege and unite.siege.envelope else None


def _is_due(candidature: Candidature) -> bool:
    """Whether no letter of this candidature may still arrive."""
    letter = candidature.letter
    return letter is None or clock.now() >= letter.created_at + ANOTHER_KEY_AFTER


def _is_much_written(acteur: Acteur) -> bool:
    """Whether so many letters went to this company that no other one is written; it is held."""
    since = clock.now() - ANOTHER_KEY_AFTER
    rows = Candidature.objects.filter(acteur__inscription=acteur.inscription_id, letter__created_at__gt=since)
    return rows.count() >= MOST_LETTERS


def _write_key(candidature: Candidature) -> None:
    """Write the letter, but where there is one that may still arrive, which stays the one that counts, or
    where too many were written."""
    acteur, key = candidature.acteur, str(Reference.new())
    if not _is_due(candidature) or _is_much_written(acteur):
        return
    letter = write_letter(
        acteur.inscription,
        _place(acteur),
        "lettre_cle",
        recipient=name_of(acteur.account),
        about=acteur.subject,
        secret=True,
        person=name_of(acteur.account),
        key=key,
        lapses=moment_in_words(candidature.lapses_at),
        service=espace(acteur.account.espace).service,
    )
    if letter:
        candidature.letter = letter
        candidature.key_hash = codes.code_hash(PURPOSE, acteur.inscription.siren, key)


def _tell_administrateurs(candidature: Candidature) -> None:
    acteur = candidature.acteur
    once = tallies.key(PURPOSE, "told", str(acteur.pk))
    of_company = tallies.key(PURPOSE, "told", str(acteur.inscription_id))
    if tallies.count({once: 1, of_company: MOST_TOLD}, window=TOLD_ONCE_IN):
        return  # who goes back and forth between the ways, or comes by many names, fills nobody's mailbox
    tell_administrateurs(
        acteur.inscription,
        "candidat",
        person=name_of(acteur.account),
        email=acteur.account.email,
        lapses=moment_in_words(candidature.lapses_at),
        again=False,
    )
