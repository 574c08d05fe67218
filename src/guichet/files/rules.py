"""What a file must be to be filed, and the words for what is wrong with it. Pure Python."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from guichet.kernel.refusals import N_

SHA256_LENGTH = 64
MEDIA_TYPE_LENGTH = 100
PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
HEIC = "image/heic"
WEBP = "image/webp"

# What is refused whatever a téléprocédure allows. No reader promises to show a page over 14 400 points (5 m;
# ISO 32000-1, annex C); a telephone's photograph has 12 to 200 million pixels, an A3 sheet at 600 points per
# inch 70.
MAX_PAGE_SIDE = 14_400
MAX_IMAGE_PIXELS = 250_000_000
MAX_INFLATED = 64 << 20  # bytes that one compressed stream other than an image may unfold to
# Of an image that can only be decoded whole: a telephone's largest such photographs have 48 to 50 million.
MAX_WHOLE_PIXELS = 64_000_000


class FileRules(Protocol):
    """What a téléprocédure decides about its files; sizes in bytes."""

    @property
    def max_size(self) -> int:
        """Of one file."""

    @property
    def max_pages(self) -> int:
        """Of one file."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """What may be filed: ``application/pdf``, ``image/jpeg``, ``image/png``."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check says of one file.

    ``reason`` is a key of ``REASONS``, empty where the file is accepted; ``message`` the French sentences
    that say what is wrong and what to do; ``changes`` those that tell what will differ in the published copy.
    ``pages`` is 0 where they could not be counted; ``media_type`` what the content is, whatever its name.
    """

    verdict: Literal["accepted", "refused"]
    reason: str = ""
    message: str = ""
    pages: int = 0
    changes: tuple[str, ...] = ()
    media_type: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the file may be filed."""
        return self.verdict == "accepted"


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The published copy that was made: its number of pages and, in French sentences, what was changed."""

    pages: int
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SheetRules:
    """What one uploaded file must be to give pages to a document (001, step 6).

    In bytes: ``max_size`` of what comes, ``room`` what is left in the document for what is made of it.
    """

    max_size: int
    max_pages: int
    media_types: tuple[str, ...]  # PDF, JPEG, PNG, HEIC, WEBP
    room: int

    # Longest side in pixels and JPEG quality, tried in this order until the result fits. Of an A4 sheet that
    # fills the photograph, 2200 pixels are 188 points per inch and 1700 are 145: small print is still read on
    # the last one. Only the last one may take more than a part of ``room``, as other pages are to come.
    SHARE: ClassVar[int] = 4
    LEVELS: ClassVar[tuple[tuple[int, int], ...]] = ((2200, 80), (2200, 65), (1900, 65), (1700, 55))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What was made of one uploaded file: a JPEG, or a PDF of ``pages`` pages, of ``size`` bytes.

    ``verdict.media_type`` is what came, ``media_type`` what was made; empty, as ``pages`` and ``size`` are 0,
    where the file was refused.
    """

    verdict: Verdict
    media_type: str = ""
    pages: int = 0
    size: int = 0


@dataclass(frozen=True, kw_only=True)
class PagePart:
    """A page of a document to be made: page ``number`` (from 0) of the PDF or image at ``path``, turned by
    ``turn`` degrees clockwise (0, 90, 180, 270)."""

    path: Path
    number: int = 0
    turn: int = 0


_AGAIN = N_(
    "Enregistrez votre document de nouveau au format PDF depuis le logiciel qui l’a créé, puis déposez-le."
)
_PRINT = N_(
    "Ouvrez-le, choisissez « Imprimer », puis l’imprimante « Enregistrer au format PDF » : le fichier obtenu "
    "pourra être déposé."
)

# Reason → what is wrong, then what to do about it. The order decides which one is told where several hold.
REASONS: dict[str, tuple[str, str]] = {
    "empty": (
        N_("Ce fichier est vide : il ne contient aucun octet."),
        N_("Vérifiez qu’il s’ouvre sur votre ordinateur, puis choisissez-le de nouveau."),
    ),
    "too_big": (
        N_("Ce fichier pèse plus de {max_size}, la taille la plus grande acceptée ici."),
        N_("Numérisez-le en 150 points par pouce et en gris, ou partagez-le en plusieurs fichiers."),
    ),
    "infected": (
        N_("L’antivirus a trouvé un virus dans ce fichier ; il n’a pas été gardé."),
        N_("Faites vérifier votre ordinateur, puis créez le fichier de nouveau à partir d’un document sain."),
    ),
    "zip": (
        N_("Ce fichier est (ou cache) une archive compressée, quel que soit son nom."),
        N_("Sortez les documents de l’archive, puis déposez chacun d’eux : le guichet les réunit."),
    ),
    "office": (
        N_("Ce fichier est un document de bureautique (texte, tableau…), quel que soit son nom."),
        N_("Ouvrez-le dans son logiciel et choisissez « Exporter au format PDF », puis déposez le PDF."),
    ),
    "svg": (
        N_("Ce fichier est un dessin vectoriel (SVG), qui peut contenir un programme."),
        N_("Enregistrez-le au format PDF, ou choisissez une photographie du document."),
    ),
    "avif": (
        N_("Cette image est au format AVIF, que beaucoup de logiciels ne savent pas lire."),
        N_("Enregistrez-la (ou exportez-la) au format JPEG, puis choisissez la nouvelle image."),
    ),
    "photo_format": (
        N_("Cette photographie est au format {format}, qui n’est pas accepté ici ({accepted})."),
        N_(
            "Enregistrez-la (ou exportez-la) au format JPEG, puis déposez-la. Pour les suivantes, sur un "
            "iPhone : « Réglages », « Appareil photo », « Formats », « Le plus compatible »."
        ),
    ),
    "not_pdf": (N_("Ce fichier n’est pas d’un type accepté ici ({accepted})."), _AGAIN),
    "image_unreadable": (
        N_("Cette image est incomplète ou endommagée."),
        N_("Prenez la photographie ou numérisez la page de nouveau, puis déposez la nouvelle image."),
    ),
    "password_open": (
        N_("Ce PDF est protégé : il faut un mot de passe pour l’ouvrir."),
        N_("Enregistrez-en une copie sans mot de passe (« Propriétés », « Protection »), puis déposez-la."),
    ),
    "password_changes": (
        N_("Ce PDF est protégé contre les modifications ou l’impression ; il ne pourrait pas être publié."),
        N_("Enregistrez-en une copie sans protection (« Propriétés », « Protection »), puis déposez-la."),
    ),
    "unreadable": (N_("Ce PDF est trop endommagé : ses pages ne peuvent pas être affichées."), _AGAIN),
    "no_page": (N_("Ce PDF ne contient aucune page."), _AGAIN),
    "too_many_pages": (
        N_("Ce PDF a {pages} pages ; {max_pages} au plus sont acceptées ici."),
        N_("N’y laissez que les pages demandées, puis déposez-le de nouveau."),
    ),
    "no_room": (
        N_("Même allégé, ce fichier ne tient pas dans la place qui reste pour ce document ({room})."),
        N_("Retirez une page de ce document, ou envoyez la suite dans un autre document."),
    ),
    "limits": (
        N_("Ce fichier est trop complexe ou trop grand une fois décompressé pour être vérifié."),
        _PRINT,
    ),
    "xfa": (
        N_("Ce PDF est un formulaire dynamique (XFA) : la plupart des lecteurs ne peuvent pas l’afficher."),
        _PRINT,
    ),
    "javascript": (N_("Ce PDF contient un programme (JavaScript)."), _PRINT),
    "launch": (
        N_("Ce PDF contient une action qui ouvre un programme ou un fichier, ou qui envoie des données."),
        _PRINT,
    ),
    "multimedia": (N_("Ce PDF contient un son, une vidéo ou un objet en trois dimensions."), _PRINT),
    "attachment": (
        N_("Ce PDF contient des fichiers joints."),
        N_(
            "Enregistrez chaque fichier joint au format PDF et déposez-le à part, puis retirez-le de ce "
            "document (ou imprimez celui-ci avec « Enregistrer au format PDF »)."
        ),
    ),
}

# The same reasons, to somebody who sends a photograph from a telephone.
SHEET_REASONS: dict[str, tuple[str, str]] = {
    "empty": (
        REASONS["empty"][0],
        N_("Vérifiez qu’il s’ouvre sur votre appareil, puis choisissez-le de nouveau."),
    ),
    "too_big": (
        REASONS["too_big"][0],
        N_("Choisissez une définition plus basse dans les réglages de l’appareil photo, ou divisez le PDF."),
    ),
    "infected": (
        REASONS["infected"][0],
        N_("Faites vérifier votre appareil, puis photographiez le document papier."),
    ),
    "not_pdf": (
        N_("Ce fichier n’est ni une photographie ni un PDF, quel que soit son nom ({accepted} acceptés)."),
        N_("Photographiez le document et choisissez cette photographie, ou enregistrez-le au format PDF."),
    ),
    "unreadable": (
        N_("Ce fichier est trop endommagé : il ne peut pas être affiché."),
        N_("Photographiez le document de nouveau, ou enregistrez-le de nouveau au format PDF."),
    ),
    "limits": (
        N_("Ce fichier est trop complexe ou trop grand une fois décompressé pour être lu."),
        N_("Photographiez le document avec les réglages habituels de votre appareil, ou imprimez-le en PDF."),
    ),
}

# What differs between a file as received, which is kept, and the copy made for publication.
CHANGES: dict[str, str] = {
    "repaired": N_("Le fichier était endommagé : il a été réparé. Vérifiez que toutes vos pages y sont."),
    "mended": N_("De petites fautes de format ont été corrigées ; les pages restent les mêmes."),
    "junk": N_("Des données étrangères au document, avant son début, ont été retirées."),
    "signature": N_(
        "Le document porte une signature électronique : elle vaut pour le fichier que vous avez déposé, qui "
        "est conservé, et n’apparaît plus dans la copie publiée que par son image."
    ),
    "form": N_(
        "Le formulaire a été figé : les réponses restent lisibles, mais ne peuvent plus être modifiées."
    ),
    "annotations": N_(
        "Les annotations visibles ont été figées dans les pages ; les autres ont été retirées."
    ),
    "xfa": N_("La partie dynamique du formulaire (XFA) a été retirée ; les pages affichées sont gardées."),
    "actions": N_("Les actions automatiques (à l’ouverture du document ou d’une page…) ont été retirées."),
    "links": N_("Les liens vers des fichiers d’un ordinateur ont été retirés ; ceux vers des sites restent."),
    "metadata": N_(
        "Les informations cachées (auteur, logiciel, dates, lieu d’une photographie) ont été retirées."
    ),
    "pdfa": N_(
        "Le fichier se déclare au format d’archivage PDF/A : il est conservé tel quel, mais la copie "
        "publiée, qui a été refaite, ne porte plus cette mention."
    ),
    "outline": N_("Les signets n’ont pas été repris, car plusieurs fichiers ont été réunis."),
    "tags": N_("Le balisage d’accessibilité n’a pas été repris, car plusieurs fichiers ont été réunis."),
    "image": N_("Une image a été mise sur une page A4, à l’endroit."),
    "lighter": N_(
        "Ce PDF pesait trop lourd : ses pages sont devenues des images, plus légères. Vérifiez qu’elles "
        "restent lisibles."
    ),
    "first_image": N_("Ce fichier contient plusieurs images : seule la première est gardée."),
    "joined": N_("Plusieurs fichiers ont été réunis en un seul PDF, dans l’ordre que vous avez choisi."),
}
