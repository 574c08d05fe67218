"""Whom a document may be about: its sender, somebody of the household, somebody else (001, step 5)."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from guichet.accounts.models import Account
from guichet.depots.definitions import Choice, Data
from guichet.depots.rules import InvalidAnswers
from guichet.foyers.queries import foyer, label, names
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.depot_spontane import rules


def persons_of(account: Account) -> Sequence[Choice]:
    """Whom a document of ``account`` may be about, as an agent reads it."""
    return [
        Choice(code=rules.MYSELF, label=_sender(account)),
        *(Choice(code=str(person.pk), label=person.name) for person in foyer(account=account)),
        Choice(code=rules.OTHER, label=_other()),
    ]


def offered_to(account: Account) -> Sequence[Choice]:
    """The same as ``account`` itself reads it: « vous-même » first, « une autre personne » last."""
    myself, *known, other = persons_of(account)
    return [
        Choice(code=myself.code, label=_addressed(account, myself.label)),
        *known,
        Choice(code=other.code, label=_other_addressed(account, other.label)),
    ]


def names_for(account: Account, codes: Collection[str]) -> Mapping[str, str]:
    """The names of those of the household among ``codes``: one query, and none where there is nobody."""
    return names(account=account) if set(codes) - {"", rules.MYSELF, rules.OTHER} else {}


def person_label(
    account: Account, code: str, *, who: str = "", known: Mapping[str, str] | None = None
) -> str:
    """A person in words: ``who`` are those typed for « une autre personne »; empty while nobody is chosen.

    ``known`` (``names_for``) spares a query for each of several documents.
    """
    if not code:
        return ""
    if code == rules.OTHER:
        return who or _other()
    if code == rules.MYSELF:
        return _sender(account)
    return label(account, code) if known is None else known.get(code, code)


def labels_for(account: Account, codes: Collection[str]) -> Mapping[str, str]:
    """Those of ``codes`` who are known, removed or not, as an agent reads them. One query at most."""
    known = {rules.MYSELF, rules.OTHER} | (names := names_for(account, codes)).keys()
    return {code: person_label(account, code, known=names) for code in codes if code in known}


def check_persons(account: Account, data: Data) -> None:
    """Raise ``InvalidAnswers`` where a document is about nobody whom ``account`` may name."""
    known = {choice.code for choice in persons_of(account)}
    names = [rules.key(rules.PERSON, document) for document in range(1, rules.count(data) + 1)]
    bad: dict[str, Refusal] = {name: rules.UnknownPerson() for name in names if data.get(name) not in known}
    if bad:
        raise InvalidAnswers(errors=bad)


def _sender(account: Account) -> str:
    """The company that an employer sends for, the person and the company of a farmer, else the person."""
    profile = account.profile
    name, company = str(profile.get("name") or ""), str(profile.get("company") or "")
    if profile.get("kind") == "employeur" and company:
        return company
    return ", ".join(filter(None, (name, company))) or _("La personne qui envoie")


def _other() -> str:
    return _("Une autre personne")


def _addressed(account: Account, name: str) -> str:
    kind = account.profile.get("kind")
    if kind == "employeur":
        return _("Votre entreprise : {name}").format(name=name)
    if kind == "exploitant":
        return _("Vous-même ou votre exploitation : {name}").format(name=name)
    return _("Vous-même : {name}").format(name=name)


def _other_addressed(account: Account, words: str) -> str:
    salaried = account.profile.get("kind") == "employeur"
    return _("Une autre personne (un salarié, par exemple)") if salaried else words
