"""Why a line, or one of its cells, is not done, and what to do about it: codes, and their French."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from guichet.kernel.refusals import N_


class Why(StrEnum):
    """The first two are no fault: it is so already, or an earlier line asks for it.

    Their values are those of ``habilitations.rules.Reason``, of ``portefeuilles.rules.Refus`` and of
    ``kernel.tables.Problem`` (after ``siret_``), where these say it.
    """

    ALREADY = "already"
    DOUBLE = "double"  # the same cell, wanted the same: the number of the line that counts
    NOTHING_ASKED = "nothing_asked"
    CONTRADICTION = "contradiction"  # the same cell, wanted otherwise: the number of the other line
    NO_WISH = "no_wish"
    UNREADABLE_WISH = "unreadable_wish"
    NAME_MISSING = "name_missing"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_AMBIGUOUS = "person_ambiguous"
    SIRET_EMPTY = "siret_empty"
    SIRET_LETTERS = "siret_letters"
    SIRET_LENGTH = "siret_length"
    SIRET_KEY = "siret_key"
    SIRET_ROUNDED = "siret_rounded"
    SIRET_SIREN = "siret_siren"
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
    RIGHTS_CHANGED_SINCE = "rights_changed_since"  # how many: the rest is restored


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
    Why.SIRET_EMPTY: (
        N_("Le numéro SIRET manque."),
        N_("Écrivez les 14 chiffres du numéro SIRET."),
    ),
    Why.SIRET_LETTERS: (
        N_("Ce numéro SIRET contient autre chose que des chiffres."),
        N_("Écrivez les 14 chiffres du numéro SIRET, et rien d’autre."),
    ),
    Why.SIRET_LENGTH: (
        N_("Un numéro SIRET compte 14 chiffres : celui-ci en compte plus ou moins."),
        N_("Recopiez le numéro entier ; mettez la colonne au format « Texte » avant de l’écrire."),
    ),
    Why.SIRET_KEY: (
        N_("Ce numéro SIRET comporte une erreur de saisie : sa clé n’est pas juste."),
        N_("Vérifiez chaque chiffre, en particulier l’ordre de deux chiffres voisins."),
    ),
    Why.SIRET_ROUNDED: (
        N_("Le tableur a arrondi ce numéro : ses derniers chiffres sont perdus, et ne se devinent pas."),
        N_("Mettez la colonne au format « Texte », puis recopiez le numéro SIRET depuis sa source."),
    ),
    Why.SIRET_SIREN: (
        N_("C’est un numéro SIREN (9 chiffres), qui ne dit pas de quel établissement il s’agit."),
        N_("Ajoutez les 5 chiffres de l’établissement pour former le numéro SIRET."),
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
        N_("Demandez-lui de vous autoriser de nouveau, dans « Qui déclare pour nous »."),
    ),
    Why.CHANGED_SINCE: (
        N_("Cela a changé depuis : rien n’en est annulé."),
        N_("Voyez l’historique, et décidez vous-même."),
    ),
    Why.RIGHTS_CHANGED_SINCE: (
        N_("Des droits de cette ligne ont changé depuis, ou ne peuvent plus être rendus ({param}) : ils "
           "restent comme ils sont."),
        N_("Voyez l’historique de ces droits, et décidez vous-même."),
    ),
}  # fmt: skip


def said(reason: str, *, label: str = "", name: str = "") -> Said:
    """A reason of a line in French: what is wrong, and the remedy. ``label``: of the declaration that the
    cell is about; ``name``: the person's. An empty reason says nothing."""
    if not reason:
        return Said("")
    code, _, param = reason.partition(":")
    known = {"label": label, "name": name or gettext("Cette personne"), "param": param}
    sentence, remedy = _SAYS[Why(code)]
    return Said(gettext(sentence).format(**known), gettext(remedy) if remedy else "")
