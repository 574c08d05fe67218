"""E-mail addresses, as people type and paste them (reference 000, step 2)."""

import re
from typing import Self

import idna

from guichet.kernel.refusals import N_, Refusal

MAX_LENGTH = 254  # RFC 5321, erratum 1690
MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_INNER = re.compile(r"<([^<>]*)>")


class InvalidEmail(Refusal):
    """What was typed is no e-mail address; the subclasses say why."""

    code = "email"
    message = N_("Saisissez une adresse électronique de la forme nom@exemple.fr.")
    field = "email"


class EmptyEmail(InvalidEmail):
    """Nothing was typed."""

    code = "empty"
    message = N_("Saisissez votre adresse électronique, par exemple nom@exemple.fr.")


class EmailWithoutAt(InvalidEmail):
    """No « @ »."""

    code = "at"
    message = N_("Il manque le signe « @ » dans cette adresse électronique : nom@exemple.fr.")


class EmailWithName(InvalidEmail):
    """A display name stands before the address. Params: ``address``."""

    code = "display_name"
    message = N_("Saisissez l’adresse électronique seule, sans nom ni chevrons : {address}")


class SeveralEmails(InvalidEmail):
    """More than one address."""

    code = "several"
    message = N_("Saisissez une seule adresse électronique : vous en avez saisi plusieurs.")


class EmailTooLong(InvalidEmail):
    """Longer than any mail server accepts. Params: ``count``, ``maximum``."""

    code = "too_long"
    message = N_(
        "Cette adresse électronique compte {count} caractères ; une adresse n’en compte pas plus de "
        "{maximum}. Vérifiez-la."
    )


class EmailWithBlank(InvalidEmail):
    """A blank inside."""

    code = "blank"
    message = N_("Une adresse électronique ne contient pas d’espace : retirez celle qui s’y trouve.")


class EmailLocalPart(InvalidEmail):
    """What stands before « @ » is not accepted by mail servers. Params: ``local``."""

    code = "local"
    message = N_(
        "Avant le « @ », une adresse électronique ne compte que des lettres sans accent, des chiffres, "
        "des points isolés et des tirets : vérifiez « {local} »."
    )


class EmailDomain(InvalidEmail):
    """What stands after « @ » can be no domain. Params: ``domain``."""

    code = "domain"
    message = N_("Après le « @ », vérifiez « {domain} » : on attend un nom de domaine comme exemple.fr.")


class EmailAddress(str):
    """An address that can be written to: ASCII, its domain in lower case and in its IDNA 2008 form."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed; blanks and invisible signs around it are dropped.

        The local part keeps its case. Raises ``InvalidEmail``.
        """
        address = text.strip(_INVISIBLE + " \t\r\n\f\v\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
        _check_single(address)
        local, _, domain = address.rpartition("@")
        _check_local(local)
        ascii_domain = _ascii_domain(domain)
        _check_length(f"{local}@{ascii_domain}")
        return cls(f"{local}@{ascii_domain}")

    @property
    def domain(self) -> str:
        """What follows « @ », in ASCII."""
        return self.rpartition("@")[2]

    @property
    def display(self) -> str:
        """The address with its domain in Unicode, as its owner would write it."""
        try:
            return f"{self.rpartition('@')[0]}@{idna.decode(self.domain)}"
        except idna.IDNAError:
            return str(self)


def _check_single(address: str) -> None:
    if not address:
        raise EmptyEmail
    if "@" not in address:
        raise EmailWithoutAt
    inner = _INNER.findall(address)
    if len(inner) == 1:
        raise EmailWithName(address=inner[0].strip())
    if address.count("@") > 1 or re.search(r"[,;]", address):
        raise SeveralEmails
    _check_length(address)
    if re.search(r"\s", address):
        raise EmailWithBlank


def _check_length(address: str) -> None:
    if len(address) > MAX_LENGTH:
        raise EmailTooLong(count=len(address), maximum=MAX_LENGTH)


def _check_local(local: str) -> None:
    if len(local) > MAX_LOCAL or not _LOCAL.fullmatch(local):
        raise EmailLocalPart(local=local)


def _ascii_domain(domain: str) -> str:
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise EmailDomain(domain=domain) from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise EmailDomain(domain=domain)
    return ascii_domain
