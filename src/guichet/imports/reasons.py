"""Why a line, or one of its cells, is not done, and what to do about it: codes, and their French."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext

from guichet.files import tables as workbooks
from guichet.imports.rules import (
    ColumnsMissing,
    ColumnTwice,
    ColumnUnknown,
    NoDeclaration,
    NoLines,
    TooManyRights,
)
from guichet.kernel import tables
from guichet.kernel.refusals import N_
from guichet.kernel.tables import PROBLEMS, Problem
from guichet.kernel.tables.values import REMARKS


class Why(StrEnum):
    """The first two are no fault: it is so already, or an earlier line asks for it.

    Their values are those of ``habilitations.rules.Reason``, of ``portefeuilles.rules.Refus`` and of
    ``portefeuilles.rules.Ecart``, where these say it; what is wrong with a SIRET is
    ``kernel.tables.Problem``.
    """

    ALREADY = "already"
    DOUBLE = "double"  # the same cell, wanted the same: the number of the line that counts
    NOTHING_ASKED = "nothing_asked"
    CONTRADICTION = "contradiction"  # the same cell, wanted otherwise: the number of the other line
    NO_WISH = "no_wish"
    UNREADABLE_WISH = "unreadable_wish"
    EXTRA_CELLS = "extra_cells"
    NAME_MISSING = "name_missing"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_AMBIGUOUS = "person_ambiguous"
    ENDED = "ended"
    CANDIDATE = "candidate"
    NOT_DECLARANT = "not_declarant"
    NOT_ACTEUR = "not_acteur"
    DECLARATION_NOT_CHOSEN = "declaration_not_chosen"
    DECLARATION_NOT_OF_CLIENT = "declaration_not_of_client"
    ETABLISSEMENT_UNKNOWN = "etablissement_unknown"
    ETABLISSEMENT_UNTICKED = "etablissement_unticked"
    OWN_COMPANY = "own_company"
    ELSEWHERE = "elsewhere"  # the name of the other portfolio
    NOT_THERE = "not_there"
    NOT_IN_REGISTER = "not_in_register"
    CLOSED_IN_REGISTER = "closed_in_register"
    ENDED_BY_CLIENT = "ended_by_client"
    CHANGED_SINCE = "changed_since"
    RIGHTS_LOST = "rights_lost"  # how many can't be given back with what is restored
    PORTEFEUILLE_CLOSED = "portefeuille_closed"
    NOT_CONTAINED = "not_contained"
    STILL_DECLARED = "still_declared"


DONE = frozenset({"", Why.ALREADY, Why.DOUBLE, Why.NOTHING_ASKED})  # what is no impossibility


@dataclass(frozen=True)
class Said:
    """What is wrong, and what to do; the second may be empty."""

    sentence: str
    remedy: str = ""


_SAYS: Mapping[Why, tuple[str, str]] = {
    Why.ALREADY: (N_("C’est déjà le cas."), ""),
    Why.DOUBLE: (
        N_("La ligne {param} demande déjà la même chose : elle a été comptée une fois."),
        N_("Vous pouvez supprimer cette ligne."),
    ),
    Why.NOTHING_ASKED: (N_("Cette ligne ne demande rien : aucune de ses cases n’est remplie."), ""),
    Why.CONTRADICTION: (
        N_("La ligne {param} demande le contraire : aucune des deux n’est prise en compte."),
        N_("Gardez celle des deux lignes qui est juste, et supprimez l’autre."),
    ),
    Why.NO_WISH: (
        N_("Cette ligne ne dit pas si l’établissement doit être ajouté ou supprimé."),
        N_("Écrivez 1 pour l’ajouter, 0 pour le supprimer."),
    ),
    Why.UNREADABLE_WISH: (
        N_("Ce qui est écrit dans cette case n’est ni 1, ni 0."),
        N_("Écrivez 1 pour ajouter, 0 pour supprimer, ou laissez la case vide pour ne rien changer."),
    ),
    Why.EXTRA_CELLS: (
        N_("Cette ligne a plus de cases que le fichier n’a de colonnes : rien n’en a été lu."),
        N_("Vérifiez qu’il n’y manque pas de guillemets autour d’une case qui contient un séparateur."),
    ),
    Why.NAME_MISSING: (
        N_("Le nom ou le prénom du déclarant manque."),
        N_("Écrivez les deux, comme dans « Gérer les déclarants »."),
    ),
    Why.PERSON_UNKNOWN: (
        N_("Personne de ce nom n’agit pour votre entreprise."),
        N_("Vérifiez le nom et le prénom, ou créez d’abord ce déclarant dans « Gérer les déclarants »."),
    ),
    Why.PERSON_AMBIGUOUS: (
        N_("Plusieurs de vos déclarants portent ce nom et ce prénom."),
        N_("Indiquez dans la colonne « SIRET de connexion » l’établissement où cette personne se connecte."),
    ),
    Why.ENDED: (
        N_("{name} n’agit plus pour votre entreprise."),
        N_("Choisissez quelqu’un d’autre, ou supprimez cette ligne."),
    ),
    Why.CANDIDATE: (
        N_("La demande d’accès de {name} attend encore une réponse."),
        N_("Répondez-y dans « Demandes en attente », puis déposez de nouveau cette ligne."),
    ),
    Why.NOT_DECLARANT: (
        N_("{name} n’est pas déclarant."),
        N_("Donnez-lui d’abord ce rôle dans « Gérer les déclarants »."),
    ),
    Why.NOT_ACTEUR: (
        N_("Cette personne n’est pas parmi celles de votre entreprise."),
        N_("Vérifiez le nom et le prénom."),
    ),
    Why.DECLARATION_NOT_CHOSEN: (
        N_("Votre entreprise n’a pas choisi la déclaration « {label} »."),
        N_("Ajoutez-la dans « Gérer les déclarations », puis au portefeuille."),
    ),
    Why.DECLARATION_NOT_OF_CLIENT: (
        N_("La déclaration « {label} » n’est pas faite pour cette entreprise."),
        N_("Ajoutez-la d’abord au portefeuille, puis à cette entreprise."),
    ),
    Why.ETABLISSEMENT_UNKNOWN: (
        N_("Cet établissement n’est pas dans ce portefeuille."),
        N_("Vérifiez ce numéro, ou ajoutez d’abord l’établissement au portefeuille."),
    ),
    Why.ETABLISSEMENT_UNTICKED: (
        N_("Cet établissement n’est pas coché."),
        N_("Cochez-le d’abord dans « Gérer les établissements »."),
    ),
    Why.OWN_COMPANY: (
        N_("Cet établissement est de votre propre entreprise : il n’est dans aucun portefeuille."),
        N_("Ses droits se donnent dans « Gérer les habilitations »."),
    ),
    Why.ELSEWHERE: (
        N_("Cette entreprise est dans votre portefeuille « {param} »."),
        N_("Déposez cette ligne pour ce portefeuille-là, ou transférez d’abord l’entreprise."),
    ),
    Why.NOT_THERE: (
        N_("Cet établissement n’est pas dans ce portefeuille : il n’y a rien à supprimer."),
        N_("Vérifiez ce numéro, ou supprimez cette ligne."),
    ),
    Why.NOT_IN_REGISTER: (
        N_("Aucun établissement ne porte ce numéro dans le répertoire Sirene."),
        N_("Vérifiez ce numéro ; un établissement créé depuis peu y figure au bout de quelques jours."),
    ),
    Why.CLOSED_IN_REGISTER: (
        N_("Le répertoire Sirene dit cet établissement fermé."),
        N_("S’il est encore actif, demandez à l’Insee de corriger cette information, puis ajoutez-le."),
    ),
    Why.ENDED_BY_CLIENT: (
        N_("Cette entreprise a mis fin à votre mission de déclarer pour elle."),
        N_("Demandez-lui de vous autoriser de nouveau, dans « Qui déclare pour vous »."),
    ),
    Why.CHANGED_SINCE: (
        N_("Cela a changé depuis : rien n’en est annulé."),
        N_("Voyez l’historique, et décidez vous-même."),
    ),
    Why.RIGHTS_LOST: (
        N_(
            "Cette ligne est rétablie, mais pas tous ses droits ({param}) : leur titulaire n’est plus "
            "déclarant, ou la déclaration n’est plus faite pour cette entreprise."
        ),
        N_("Donnez ces droits à quelqu’un d’autre dans « Gérer les habilitations »."),
    ),
    Why.PORTEFEUILLE_CLOSED: (N_("Le portefeuille a été fermé depuis."), ""),
    Why.NOT_CONTAINED: (
        N_("Le portefeuille ne contient plus cette déclaration."),
        N_("Ajoutez-la d’abord au portefeuille, puis à l’entreprise."),
    ),
    Why.STILL_DECLARED: (
        N_("Une entreprise du portefeuille fait encore cette déclaration : elle y reste."),
        N_("Retirez-la d’abord à cette entreprise."),
    ),
}


_TABLES = [
    one
    for room in (tables, workbooks)
    for one in vars(room).values()
    if isinstance(one, type) and issubclass(one, tables.TableRefused)
]
# Why a request can't be read, or applied: what staging says of a file's columns is told by its refusals.
_PROBLEMS: Mapping[str, str] = {
    **{refusal.code: refusal.message for refusal in (ColumnsMissing, NoDeclaration, ColumnTwice)},
    ColumnUnknown.code: ColumnUnknown.message,
    NoLines.code: NoLines.message,
    TooManyRights.code: TooManyRights.message,
    **{refusal.code: refusal.message for refusal in _TABLES},
    "file_missing": N_("Le fichier n’est plus là : déposez-le à nouveau."),
    "broken": N_(
        "Le portail n’a pas pu traiter cette demande, par sa faute : rien n’a été changé. Déposez-la à "
        "nouveau ; si cela recommence, écrivez à l’assistance."
    ),
    "infected": N_(
        "L’antivirus a trouvé un virus dans ce fichier : il n’a pas été lu, et ne sera pas gardé."
    ),
    "portefeuille_closed": N_("Le portefeuille a été fermé depuis : rien n’a été changé."),
    "undone_otherwise": N_(
        "Ce que cette demande devait annuler l’a déjà été, dans l’historique des droits : rien n’a été "
        "changé."
    ),
    "inscription_ended": N_("L’inscription de votre entreprise a pris fin depuis : rien n’a été changé."),
}
_REMARKS: Mapping[str, str] = {
    **REMARKS,
    "columns_left": N_("Ces colonnes n’ont pas été lues, car le modèle ne les contient pas : {columns}."),
}


def said(reason: str, *, label: str = "", name: str = "") -> Said:
    """A reason of a line in French: what is wrong, and the remedy. ``label``: of the declaration that the
    cell is about; ``name``: the person's. An empty reason says nothing."""
    if not reason:
        return Said("")
    code, _, param = reason.partition(":")
    known = {"label": label, "name": name or gettext("Cette personne"), "param": param}
    sentence, remedy = PROBLEMS[Problem(code)] if code in _OF_SIRETS else _SAYS[Why(code)]
    return Said(gettext(sentence).format(**known), gettext(remedy) if remedy else "")


def told(problem: Mapping[str, Any]) -> str:
    """A problem of a request, or one of its remarks, in French: ``{"code": …, "params": {…}}``."""
    template = _PROBLEMS.get(problem["code"]) or _REMARKS[problem["code"]]
    return gettext(template).format(**problem.get("params", {}))


_OF_SIRETS = frozenset(str(one) for one in Problem)
