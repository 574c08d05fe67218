"""Requests by file as they stand in the database, and files as people send them.

``demande()`` makes a request directly, so that a test of one operation stands on no other; ``deposited()``,
``ready()`` and ``done()`` bring one there as people do, with the jobs run at once.
"""

import contextlib
import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from guichet.files import operations as files
from guichet.files import stores
from guichet.files.models import StoredFile
from guichet.files.uploads import HashedUpload
from guichet.imports import operations
from guichet.imports.models import Demande, Ligne
from guichet.imports.states import Beneficiaires, Etat, Kind
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from guichet.portefeuilles.models import Portefeuille

CSV = "text/csv"


def table(rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> bytes:
    """A CSV file as a French spreadsheet writes it."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def etablissements(*lines: tuple[str, object]) -> bytes:
    """A file of ``Kind.ETABLISSEMENTS``: SIRET, then 1 or 0."""
    return table([("SIRET", "1/0"), *lines])


def rights(codes: Sequence[str], *lines: tuple[str, Acteur, Sequence[object]]) -> bytes:
    """A file of ``Kind.HABILITATIONS``: SIRET, déclarant, and a wish for each of ``codes``."""
    head = ("SIRET", "Nom", "Prénom", "SIRET de connexion", *codes)
    return table([head, *((siret, *_named(who), *wishes) for siret, who, wishes in lines)])


def upload(content: bytes, name: str = "fichier.csv", content_type: str = CSV) -> HashedUpload:
    """A file that was just sent."""
    written = tempfile.NamedTemporaryFile(dir=stores.incoming(), prefix="upload-")  # noqa: SIM115 - the upload's
    written.write(content)
    written.flush()
    digest = hashlib.sha256(content).hexdigest()
    return HashedUpload(name, content_type, written, size=len(content), sha256=digest)


def stored(content: bytes, media_type: str = CSV) -> StoredFile:
    """A file that is kept."""
    return files.keep_bytes(content=content, media_type=media_type)


def demande(
    portefeuille: Portefeuille,
    by: Acteur,
    kind: Kind = Kind.ETABLISSEMENTS,
    *,
    etat: Etat = Etat.LECTURE,
    content: bytes = b"",
    **values: Any,
) -> Demande:
    """A request of ``by`` since now; ``content`` is its file's."""
    known: dict[str, Any] = {
        "inscription_id": portefeuille.inscription_id,
        "portefeuille": portefeuille,
        "acteur": by,
        "kind": kind,
        "etat": etat,
        "created_at": clock.now(),
        "created_by": by.account.subject,
        "file_name": "fichier.csv" if content else "",
        "stored": stored(content) if content else None,
    }
    return Demande.objects.create(**{**known, **values})


def ligne(demande: Demande, numero: int = 2, **values: Any) -> Ligne:
    """A line of a request."""
    return Ligne.objects.create(demande=demande, numero=numero, **values)


def deposited(
    portefeuille: Portefeuille,
    by: Acteur,
    content: bytes,
    *,
    kind: Kind = Kind.ETABLISSEMENTS,
    name: str = "fichier.csv",
    beneficiaires: Beneficiaires = Beneficiaires.TOUS,
) -> Demande:
    """A file that was sent, and waits to be read."""
    with contextlib.closing(upload(content, name)) as sent:
        return operations.deposit(
            by=by, portefeuille_id=portefeuille.pk, kind=kind, upload=sent, beneficiaires=beneficiaires
        )


def ready(portefeuille: Portefeuille, by: Acteur, content: bytes, **values: Any) -> Demande:
    """A file that was sent and read."""
    made = deposited(portefeuille, by, content, **values)
    operations.read(demande_id=made.pk)
    made.refresh_from_db()
    return made


def done(portefeuille: Portefeuille, by: Acteur, content: bytes, **values: Any) -> Demande:
    """A file that was sent, read, validated and applied."""
    made = ready(portefeuille, by, content, **values)
    return applied(made, by)


def applied(demande: Demande, by: Acteur, *, confirmed: bool = False) -> Demande:
    """A request that is ready, validated and applied."""
    operations.validate(by=by, demande_id=demande.pk, confirmed=confirmed)
    operations.run(demande_id=demande.pk)
    demande.refresh_from_db()
    return demande


def _named(who: Acteur) -> tuple[str, str, str]:
    profile = who.account.profile
    return profile["last_name"], profile["first_name"], who.siret
