"""Submission: the moment at which a draft becomes a filing, which counts, or waits for its confirmation."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from guichet.accounts.models import Account
from guichet.depots import queries
from guichet.depots.definitions import Data, DocumentRules, Teleprocedure, Unique, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.operations.completion import settle
from guichet.depots.operations.confirmation import take_confirmed
from guichet.depots.operations.drafts import definition_for, lock, new_draft
from guichet.depots.operations.publication import publish
from guichet.depots.operations.transitions import move_on, new_link, write_to_filer
from guichet.depots.operations.upkeep import end_if_past
from guichet.depots.rules import place
from guichet.depots.states import IN_FORCE, NUMBERED, State
from guichet.files import as_is
from guichet.kernel import clock
from guichet.kernel.reference import Reference
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.tokens import new_token

PLACES = ("depot_one_live_version", "depot_one_awaiting_confirmation")


class TermsNotAccepted(Refusal):
    """The terms must be accepted (000, step 6)."""

    code = "terms_not_accepted"
    message = N_(
        "Cochez la case pour accepter les conditions d’utilisation : sans cela, rien ne peut être transmis."
    )
    field = "accepted_terms"


class NoFile(Refusal):
    """There is nothing to file."""

    code = "no_file"
    message = N_("Aucun document n’est joint. Ajoutez au moins un fichier, puis transmettez.")
    field = "upload"


class NotExpected(Refusal):
    """A file is of no kind that the answers call for: they were changed after it was joined."""

    code = "not_expected"
    message = N_(
        "Le fichier « {name} » n’est pas de ceux qui sont attendus ici ({accepted}). Retirez-le, puis "
        "ajoutez celui qui convient."
    )
    field = "upload"


class NotComplete(Refusal):
    """A document of the filing has no PDF yet: nobody said that it was complete (001, step 7)."""

    code = "not_complete"
    message = N_(
        "Le document {number} n’est pas complet : ouvrez-le, vérifiez ses pages, puis choisissez "
        "« Mon document {number} est complet ». Rien n’est transmis."
    )


def submit(*, account: Account, depot_id: uuid.UUID | str, accepted_terms: bool) -> Depot:
    """Transmit a draft: it waits for its confirmation from now on, and the e-mail with the link is written.

    Where the téléprocédure asks for no confirmation, it counts from now on, its receipt is on its way, and
    the e-mail says so. When it returns, the bytes are durable and the row is committed. A second call on the
    same draft gives the same filing. Whatever it refuses, the draft keeps all that was typed and uploaded.
    What is filed of a document is the PDF that its person saw; its pages are erased (001, step 8).

    Raises ``DepotNotFound``, ``TermsNotAccepted``, ``InvalidAnswers`` (checked again with today's date),
    ``NoFile``, ``NotExpected``, ``NotComplete`` for the first document without its PDF, what ``rules.place``
    raises, and ``IllegalTransition`` for a draft that was given up.
    """
    while True:
        try:
            with transaction.atomic():
                depot = lock(account=account, depot_id=depot_id)
                if depot.submitted_at is None:
                    _submit(depot, accepted_terms=accepted_terms)
                    _tell(depot)
                return depot
        except IntegrityError as error:
            if _constraint(error) not in PLACES:
                raise
            # Somebody else took the place between our look and our write: look again, and say so.
        except _UnpublishedError:
            publish(depot_id=depot.pk)


def file_at_once(
    *, account: Account, teleprocedure: str, answers: Mapping[str, str], accepted_terms: bool
) -> Depot:
    """File ``answers`` in one transaction, beside the draft that the person may have begun.

    One line of a list: nothing is written to anybody, as whoever sends a list tells once what became of it
    (but a téléprocédure that asks for confirmation sends the link). A refusal leaves nothing behind; of two
    that ask for the same place at once, one gets it. In a transaction of the caller's, that goes on after a
    refusal.

    Raises ``NotForThisEspace``, ``TermsNotAccepted``, ``InvalidAnswers``, ``NoFile`` where the téléprocédure
    asks for files, ``NotComplete`` where it asks for documents, and what ``rules.place`` raises.
    """
    definition = definition_for(account, teleprocedure)
    while True:
        try:
            with transaction.atomic():
                depot = new_draft(account, definition, answers)
                _submit(depot, accepted_terms=accepted_terms)
                if definition.confirmation:
                    _tell(depot)
                return depot
        except IntegrityError as error:
            if _constraint(error) not in PLACES:
                raise


def _constraint(error: IntegrityError) -> str | None:
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, UniqueViolation) else None


class _UnpublishedError(Exception):
    """The PDF to be published is still to be made, which is too slow to do with the filing held."""


def _submit(depot: Depot, *, accepted_terms: bool) -> None:
    if not accepted_terms:
        raise TermsNotAccepted
    definition = teleprocedure(depot.teleprocedure)
    data = depot.data = dict(definition.clean(depot.data, clock.today()))
    files = _files(depot, definition)
    subject = definition.subject(depot.account, data)
    unique = definition.unique(depot.account, data)
    version = _version(definition.code, subject.siren, unique) if unique.key else 0
    _move_on(depot, definition, data, files, siren=subject.siren, subject_name=subject.name,
             capacity=subject.capacity, unique_key=unique.key or str(depot.pk), version=version)  # fmt: skip
    if definition.confirmation is None:
        take_confirmed(depot)


def _tell(depot: Depot) -> None:
    if depot.state == State.A_CONFIRMER:
        write_to_filer(depot, "depots/validation_de_depot", link=new_link(depot))
    else:
        write_to_filer(depot, "depots/demande_transmise")


def _move_on(
    depot: Depot, definition: Teleprocedure, answers: Data, files: list[DepotFile], **named: object
) -> None:
    reference, now = str(Reference.new()), clock.now()
    waits = definition.confirmation.expires_after if definition.confirmation else dt.timedelta(0)
    hashes = [{"kind": file.kind, "sha256": file.stored_id, "size": file.size} for file in files]
    move_on(
        depot,
        "depot.submitted",
        actor=depot.account.subject,
        evidence={"teleprocedure": definition.code, "reference": reference, "files": hashes}
        | {name: named[name] for name in ("siren", "unique_key", "version")}
        | ({"corrects": str(depot.corrects_id)} if depot.corrects_id else {}),
        data=answers,
        revision=definition.revision,
        reference=reference,
        verification_code=new_token(),
        terms_version=definition.terms_version,
        submitted_at=now,
        reminded_at=None,  # a draft may have been recalled; a filing to be confirmed was not yet
        expires_at=now + waits,
        **named,
    )


def _files(depot: Depot, definition: Teleprocedure) -> list[DepotFile]:
    if definition.documents:
        return _documents(depot, definition.documents)
    if definition.files is None:
        return []
    files = list(depot.files.all())
    kinds = {file.kind for file in files}
    if DepotFile.Kind.RECEIVED not in kinds:
        raise NoFile
    if definition.files.as_is:
        return _as_they_came(files, definition.files.extensions(depot.data))
    if DepotFile.Kind.PUBLISHED not in kinds:
        raise _UnpublishedError
    return files


def _as_they_came(files: list[DepotFile], extensions: Collection[str]) -> list[DepotFile]:
    for file in files:
        if as_is.extension_of(file.name) not in extensions:
            raise NotExpected(name=file.name, accepted=as_is.in_words(extensions))
    return files


def _documents(depot: Depot, rules: DocumentRules) -> list[DepotFile]:
    made = {file.position for file in queries.documents(depot)}
    count = rules.count(depot.data)
    if count < 1:
        raise NoFile
    for number in range(1, count + 1):
        if number not in made:
            raise NotComplete(number=number)
    return settle(depot, rules)


def _version(code: str, siren: str, unique: Unique) -> int:
    """The version that the filing would be: 0 for an initial. Raises ``NoPlace``."""
    numbered = Depot.objects.filter(
        teleprocedure=code, siren=siren, unique_key=unique.key, state__in=NUMBERED
    )
    standing = [depot for depot in numbered if not end_if_past(depot)]
    return place(
        [depot.version for depot in standing],
        awaiting=any(depot.state == State.A_CONFIRMER for depot in standing),
        rectifies=unique.rectifies,
        label=unique.label,
        in_force=any(depot.state in IN_FORCE for depot in standing),
    )
