"""Asking for something: a file, one declaration for a whole portfolio, taking a request back.

Each is read and judged by the job ``imports.read``, and changes nothing before it is validated.
"""

import datetime as dt
import uuid
from pathlib import PurePath

from django.db import transaction
from django.db.models import Sum
from procrastinate.contrib.django import app

from guichet.files import operations as files
from guichet.files.models import StoredFile
from guichet.files.uploads import HashedUpload
from guichet.imports.models import Demande
from guichet.imports.names import designations
from guichet.imports.operations.moving import OVER, administering, hold, record
from guichet.imports.states import Beneficiaires, Etat, Kind
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import DeclarationNotChosen
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.sizes import size_in_words
from guichet.portefeuilles import queries as portefeuilles
from guichet.portefeuilles.models import Portefeuille

MOST_BYTES = 30_000_000  # 100,000 lines of thirty columns
BY_FILE = (Kind.ETABLISSEMENTS, Kind.HABILITATIONS)
DID_SOMETHING = (Etat.OK, Etat.OK_PARTIEL)
IN_VAIN = (Etat.REFUSEE, Etat.KO, Etat.SUPPRIMEE)
LONGEST_NAME = 255
MOST_OPEN = 100  # requests of a firm that are not over: each may hold a worker
MOST_BYTES_A_DAY = 1_000_000_000  # of files that a firm sends and does not delete: they are kept for 90 days
DAY = dt.timedelta(hours=24)


class FileEmpty(Refusal):
    """No bytes at all."""

    code = "import_empty"
    message = N_("Le fichier « {name} » est vide. Choisissez le fichier que vous avez rempli.")
    field = "fichier"


class FileTooBig(Refusal):
    """Params: ``name``, ``limit``."""

    code = "import_too_big"
    message = N_(
        "Le fichier « {name} » dépasse {limit}. Ne gardez que les colonnes du modèle, ou envoyez-le en "
        "plusieurs fois."
    )
    field = "fichier"
    status = 413


class TooManyOpen(Refusal):
    """Params: ``most``."""

    code = "import_too_many_open"
    message = N_(
        "Votre entreprise a déjà {most} demandes en attente. Validez-les ou supprimez-les dans la liste de "
        "vos demandes, puis recommencez."
    )
    status = 409


class TooMuchToday(Refusal):
    """Params: ``name``, ``limit``."""

    code = "import_too_much_today"
    message = N_(
        "Avec « {name} », les fichiers que votre entreprise a déposés depuis 24 heures dépasseraient "
        "{limit}. Supprimez les demandes que vous ne validerez pas, ou redéposez ce fichier demain."
    )
    field = "fichier"
    status = 409


class NotByFile(Refusal):
    """A kind of request that no file asks for."""

    code = "import_not_by_file"
    message = N_("Cette demande ne se fait pas par fichier. Revenez au choix de la demande.")


class NotInPortefeuille(Refusal):
    """A declaration that the portfolio does not contain can't be taken out of it."""

    code = "import_declaration_not_contained"
    message = N_(
        "Ce portefeuille ne contient pas cette déclaration : il n’y a rien à en retirer. Choisissez l’une "
        "des déclarations du portefeuille."
    )
    field = "declaration"


class NothingToTakeBack(Refusal):
    """It changed nothing, or not yet."""

    code = "import_nothing_to_take_back"
    message = N_("Cette demande n’a rien changé : il n’y a rien à annuler.")
    status = 409


class AlreadyTakenBack(Refusal):
    """Somebody asked for that already."""

    code = "import_already_taken_back"
    message = N_(
        "L’annulation de cette demande a déjà été demandée, ou elle est faite : vous la trouverez dans la "
        "liste de vos demandes."
    )
    status = 409


@transaction.atomic
def deposit(
    *,
    by: Acteur,
    portefeuille_id: uuid.UUID,
    kind: Kind | str,
    upload: HashedUpload,
    beneficiaires: Beneficiaires | str = Beneficiaires.TOUS,
) -> Demande:
    """Take a file in for one portfolio: its bytes are durable when this returns, and a job reads them.

    Raises ``ActeurGone``, ``NotAdministrateur``, ``PortefeuilleNotFound``, ``NotByFile``, ``FileEmpty``,
    ``FileTooBig`` (413), ``TooManyOpen``, ``TooMuchToday`` (409).
    """
    fresh = administering(by)
    if Kind(kind) not in BY_FILE:
        raise NotByFile
    name = shown_name(upload.name or "")
    check_size(name, upload.size or 0)
    portefeuille = _portefeuille(fresh, portefeuille_id)
    _check_open(fresh)
    _check_today(fresh, name, upload.size or 0)
    demande = Demande(
        kind=Kind(kind),
        beneficiaires=Beneficiaires(beneficiaires),
        file_name=name,
        designates=designated(portefeuille, name),
        stored=_kept(upload),
    )
    return _ask(demande, portefeuille, fresh)


@transaction.atomic
def ask_declaration(
    *,
    by: Acteur,
    portefeuille_id: uuid.UUID,
    declaration: str,
    adds: bool,
    beneficiaires: Beneficiaires | str = Beneficiaires.TOUS,
) -> Demande:
    """Ask for one declaration to be added to a whole portfolio, its clients included, or taken out of it.

    Raises ``ActeurGone``, ``NotAdministrateur``, ``PortefeuilleNotFound``, ``DeclarationNotChosen`` (the firm
    does not declare it), ``NotInPortefeuille``, ``TooManyOpen`` (409).
    """
    fresh = administering(by)
    portefeuille, code = _portefeuille(fresh, portefeuille_id), declaration.replace("\0", "")
    if adds and not fresh.inscription.declarations.filter(code=code, removed_at=None).exists():
        raise DeclarationNotChosen
    if not adds and not portefeuille.declarations.filter(code=code, closed_at=None).exists():
        raise NotInPortefeuille
    _check_open(fresh)
    demande = Demande(
        kind=Kind.DECLARATION, declaration=code, adds=adds, beneficiaires=Beneficiaires(beneficiaires)
    )
    return _ask(demande, portefeuille, fresh)


@transaction.atomic
def take_back(*, by: Acteur, demande_id: uuid.UUID | str) -> Demande:
    """Ask for what a request did to be restored exactly; it is previewed, and validated, as any other.

    Raises ``ActeurGone``, ``NotAdministrateur``, ``DemandeNotFound``, ``NothingToTakeBack``,
    ``AlreadyTakenBack`` (409).
    """
    fresh = administering(by)
    undone = hold(fresh, demande_id)
    if undone.changement_id is None or undone.etat not in DID_SOMETHING:
        raise NothingToTakeBack
    asked = Demande.objects.filter(undoes=undone).exclude(etat__in=IN_VAIN).exists()
    if asked or Changement.objects.filter(undoes=undone.changement_id).exists():
        raise AlreadyTakenBack
    return _ask(Demande(kind=Kind.ANNULATION, undoes=undone), undone.portefeuille, fresh)


def shown_name(name: str) -> str:
    """A file's name as it is shown and kept: no folder, no sign that can't be seen, 255 signs at most."""
    bare = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in bare if sign.isprintable())[:LONGEST_NAME]


def check_size(name: str, size: int) -> None:
    """Raise ``FileEmpty`` or ``FileTooBig``; ``size`` in bytes."""
    if not size:
        raise FileEmpty(name=name)
    if size > MOST_BYTES:
        raise FileTooBig(name=name, limit=size_in_words(MOST_BYTES))


def designated(portefeuille: Portefeuille, file_name: str) -> Portefeuille | None:
    """The other portfolio of the same firm that a file is named like; ``None`` where it is named like its
    own, or like none."""
    for name in designations(file_name):
        found = portefeuilles.named(inscription_id=portefeuille.inscription_id, name=name)
        if found is not None:
            return None if found.pk == portefeuille.pk else found
    return None


def _check_open(by: Acteur) -> None:
    """Two who ask at once may be one more than is allowed: nobody waits for a count. What takes back is never
    kept from it: there is one of each request at most."""
    open_ones = Demande.objects.filter(inscription=by.inscription_id).exclude(etat__in=OVER)
    if open_ones.count() >= MOST_OPEN:
        raise TooManyOpen(most=MOST_OPEN)


def _check_today(by: Acteur, name: str, size: int) -> None:
    """Of what was deleted no file is left: it counts for nothing."""
    rows = Demande.objects.filter(inscription=by.inscription_id, created_at__gt=clock.now() - DAY)
    sent = rows.aggregate(sent=Sum("stored__size"))["sent"] or 0
    if sent + size > MOST_BYTES_A_DAY:
        raise TooMuchToday(name=name, limit=size_in_words(MOST_BYTES_A_DAY))


def _portefeuille(by: Acteur, portefeuille_id: uuid.UUID) -> Portefeuille:
    return portefeuilles.portefeuille(acteur=by, portefeuille_id=portefeuille_id)


def _kept(upload: HashedUpload) -> StoredFile:
    return files.keep(
        path=upload.path,
        sha256=upload.sha256,
        size=upload.size or 0,
        media_type=upload.content_type or "application/octet-stream",
    )


def _ask(demande: Demande, portefeuille: Portefeuille, by: Acteur) -> Demande:
    demande.portefeuille, demande.inscription_id = portefeuille, by.inscription_id
    demande.acteur, demande.etat = by, Etat.LECTURE
    demande.created_at, demande.created_by = clock.now(), by.account.subject
    demande.save(force_insert=True)
    data = {"file_sha256": demande.file_sha256, "beneficiaires": str(demande.beneficiaires)}
    if demande.declaration:
        data |= {"declaration": demande.declaration, "adds": "1" if demande.adds else "0"}
    if demande.undoes_id:
        data["undoes"] = str(demande.undoes_id)
    record(demande, actor=by.account.subject, **data)
    app.configure_task("imports.read").defer(demande_id=str(demande.pk))
    return demande
