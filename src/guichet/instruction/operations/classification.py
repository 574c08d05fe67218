"""Putting a document of a filing under another type, or with another person."""

import uuid

from django.db import transaction

from guichet.depots.definitions import DocumentRules, teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import WITHDRAWN
from guichet.instruction.models import Agent, Classement
from guichet.instruction.operations.hands import AlreadyDecided, check_not_held, lock, record
from guichet.instruction.queries.classification import documents
from guichet.instruction.values import FiledDocument
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

MAX_TYPED = 100  # characters of a document's name that the report keeps


class NoSuchDocument(Refusal):
    """The filing has no document of that number."""

    code = "no_such_document"
    message = N_("Ce dépôt n’a pas de document portant ce numéro.")
    status = 404


class UnknownType(Refusal):
    """A code that the nomenclature does not offer, or no more."""

    code = "unknown_type"
    message = N_("Ce type de document n’est pas proposé. Cherchez-en un autre, puis choisissez-le.")
    field = "type"


class UnknownPerson(Refusal):
    """Nobody whom this file knows."""

    code = "unknown_person"
    message = N_("Cette personne n’est pas connue du dossier. Choisissez-en une dans la liste.")
    field = "person"


class NothingChanged(Refusal):
    """The document is there already: nothing is to be journalled."""

    code = "nothing_changed"
    message = N_(
        "Ce document est déjà classé ainsi. Choisissez un autre type ou une autre personne, "
        "ou revenez au dépôt."
    )


def reclassify(
    *,
    agent: Agent,
    depot_id: uuid.UUID | str,
    document: int,
    type: str,  # noqa: A002 - the word of the field, and of the contract with the screens
    person: str,
) -> Classement:
    """Put document number ``document`` under ``type``, with ``person``: codes of the ``DocumentRules``.

    What was filed stays as it was, and so does its receipt. A filing that was accepted or refused may still
    be put right, as the file is consulted for years; one that was withdrawn, or has ended, may not.
    Raises ``DepotNotFound``, ``NotAllowed``, ``HeldByAnother``, ``AlreadyDecided``, ``NoSuchDocument``,
    ``UnknownType``, ``UnknownPerson``, ``NothingChanged`` (001, step 5).
    """
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        if depot.state in WITHDRAWN:
            raise AlreadyDecided
        check_not_held(treated, agent)
        rules, now = _rules(depot), _document(depot, document)
        _check(depot, rules, now, type, person)
        made = Classement.objects.create(
            depot=depot, document=document, type=type, person=person, former_type=now.type,
            former_person=now.person, typed=now.described.name[:MAX_TYPED], agent=agent, at=clock.now(),
        )  # fmt: skip
        changed = {"type": type, "former_type": now.type, "person_changed": person != now.person}
        record(depot, "reclassified", agent, document=document, **changed)
    return made


def _rules(depot: Depot) -> DocumentRules:
    rules = teleprocedure(depot.teleprocedure).documents
    if rules is None:
        raise NoSuchDocument
    return rules


def _document(depot: Depot, number: int) -> FiledDocument:
    found = next((one for one in documents(depot) if one.described.number == number), None)
    if found is None:
        raise NoSuchDocument
    return found


def _check(depot: Depot, rules: DocumentRules, now: FiledDocument, kind: str, person: str) -> None:
    """What stays may be out of use by now; what is new must be offered."""
    if kind != now.type and not _is_offered(rules, kind):
        raise UnknownType
    if person != now.person and person not in {one.code for one in rules.persons(depot)}:
        raise UnknownPerson
    if (kind, person) == (now.type, now.person):
        raise NothingChanged


def _is_offered(rules: DocumentRules, code: str) -> bool:
    """Whether the search finds the type by its own words: one that is no more in use, it does not."""
    try:
        label = rules.type_label(code)
    except KeyError:
        return False
    return any(one.code == code for one in rules.types(label))
