"""Why somebody may file or not, in French: what to do about it, and whom to ask."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext

from guichet.habilitations.rules import Reason
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_

TO_ONESELF: Mapping[Reason, str] = {
    Reason.NO_INSCRIPTION: N_(
        "Vous n’agissez pour aucune entreprise. Inscrivez la vôtre depuis votre menu, ou demandez à son "
        "administrateur de vous inscrire."
    ),
    Reason.CANDIDATE: N_(
        "Votre demande d’accès attend encore une réponse : votre menu vous dit où elle en est."
    ),
    Reason.NOT_DECLARANT: N_("Vous n’êtes pas déclarant de votre entreprise : ce rôle vous manque."),
    Reason.DECLARATION_NOT_CHOSEN: N_(
        "Votre entreprise n’a pas choisi la déclaration « {label} » : elle s’ajoute dans « Gérer les "
        "déclarations »."
    ),
    Reason.NOT_OPEN_YET: N_(
        "L’accès à la déclaration « {label} » s’ouvre le {opens_at}. Vous n’avez rien à faire d’ici là."
    ),
    Reason.ETABLISSEMENT_UNKNOWN: N_(
        "L’établissement {siret} n’est pas dans l’inscription de votre entreprise. Vérifiez ce numéro ; un "
        "nouvel établissement y apparaît dès que le registre le connaît."
    ),
    Reason.ETABLISSEMENT_UNTICKED: N_(
        "L’établissement {siret} n’est pas coché parmi ceux qui déclarent : il se coche dans « Gérer les "
        "établissements »."
    ),
    Reason.DECLARATION_NOT_OF_CLIENT: N_(
        "« {label} » ne fait pas partie des déclarations de l’entreprise cliente {siret} : elle s’ajoute "
        "d’abord aux déclarations de son portefeuille, puis à celles de cette entreprise."
    ),
    Reason.CLIENT_NOT_OPEN_YET: N_(
        "L’accès à la déclaration « {label} » pour l’entreprise cliente {siret} s’ouvre le {starts_at}. Vous "
        "n’avez rien à faire d’ici là."
    ),
    Reason.ETABLISSEMENT_CLOSED: N_(
        "Vous pouvez déposer « {label} » pour l’établissement {siret}. Le registre le dit fermé : n’y "
        "déposez que ses dernières déclarations."
    ),
    Reason.NO_RIGHT: N_("Vous n’avez pas le droit de déposer « {label} » pour l’établissement {siret}."),
    Reason.OK: N_(
        "Vous pouvez déposer « {label} » pour l’établissement {siret} : ce droit vous a été donné le {since} "
        "par {given_by}."
    ),
}

TO_AN_ADMINISTRATEUR: Mapping[Reason, str] = {
    Reason.NO_INSCRIPTION: N_("{name} n’agit plus pour votre entreprise."),
    Reason.CANDIDATE: N_(
        "La demande d’accès de {name} attend encore une réponse : voyez « Demandes en attente »."
    ),
    Reason.NOT_DECLARANT: N_(
        "{name} n’est pas déclarant : donnez-lui d’abord ce rôle dans « Gérer les déclarants »."
    ),
    Reason.DECLARATION_NOT_CHOSEN: N_(
        "Votre entreprise n’a pas choisi la déclaration « {label} » : ajoutez-la dans « Gérer les "
        "déclarations »."
    ),
    Reason.NOT_OPEN_YET: N_("L’accès à la déclaration « {label} » s’ouvre le {opens_at}, pour tous."),
    Reason.ETABLISSEMENT_UNKNOWN: N_(
        "L’établissement {siret} n’est pas dans l’inscription de votre entreprise : vérifiez ce numéro."
    ),
    Reason.ETABLISSEMENT_UNTICKED: N_(
        "L’établissement {siret} n’est pas coché : cochez-le d’abord dans « Gérer les établissements »."
    ),
    Reason.DECLARATION_NOT_OF_CLIENT: N_(
        "« {label} » ne fait pas partie des déclarations de l’entreprise cliente {siret} : {step}"
    ),
    Reason.CLIENT_NOT_OPEN_YET: N_(
        "L’accès à la déclaration « {label} » pour l’entreprise cliente {siret} s’ouvre le {starts_at}, pour "
        "tous."
    ),
    Reason.ETABLISSEMENT_CLOSED: N_(
        "{name} peut déposer « {label} » pour l’établissement {siret}, que le registre dit fermé : n’y "
        "déposez que ses dernières déclarations."
    ),
    Reason.NO_RIGHT: N_(
        "{name} n’a pas le droit de déposer « {label} » pour l’établissement {siret} : donnez-le-lui dans "
        "« Gérer les habilitations »."
    ),
    Reason.OK: N_(
        "{name} peut déposer « {label} » pour l’établissement {siret} : ce droit lui a été donné le {since} "
        "par {given_by}."
    ),
    Reason.NOT_ACTEUR: N_("Cette personne n’est pas parmi celles de votre entreprise."),
    Reason.ENDED: N_("{name} n’agit plus pour votre entreprise : choisissez quelqu’un d’autre."),
    Reason.CHANGED_SINCE: N_("Ce droit a changé depuis : voyez l’historique, et décidez vous-même."),
}

THEN: Mapping[Reason, str] = {
    Reason.NO_INSCRIPTION: N_("{name} n’agissait pas pour l’entreprise le {at}."),
    Reason.CANDIDATE: N_("Le {at}, la demande d’accès de {name} attendait encore une réponse."),
    Reason.DECLARATION_NOT_CHOSEN: N_("Le {at}, l’entreprise n’avait pas choisi la déclaration « {label} »."),
    Reason.NOT_OPEN_YET: N_(
        "Le {at}, l’accès à la déclaration « {label} » n’était pas encore ouvert : il l’est depuis le "
        "{opens_at}."
    ),
    Reason.ETABLISSEMENT_UNKNOWN: N_(
        "Le {at}, l’établissement {siret} n’était pas dans l’inscription de l’entreprise."
    ),
    Reason.DECLARATION_NOT_OF_CLIENT: N_(
        "Le {at}, « {label} » ne faisait pas partie des déclarations de l’entreprise cliente {siret}."
    ),
    Reason.CLIENT_NOT_OPEN_YET: N_(
        "Le {at}, l’accès à la déclaration « {label} » pour l’entreprise cliente {siret} n’était pas encore "
        "ouvert : il l’est depuis le {starts_at}."
    ),
    Reason.ETABLISSEMENT_CLOSED: N_(
        "Le {at}, {name} pouvait déposer « {label} » pour l’établissement {siret}, que le registre disait "
        "fermé."
    ),
    Reason.NO_RIGHT: N_(
        "Le {at}, {name} n’avait pas le droit de déposer « {label} » pour l’établissement {siret}."
    ),
    Reason.OK: N_(
        "Le {at}, {name} pouvait déposer « {label} » pour l’établissement {siret} : ce droit avait été donné "
        "le {since} par {given_by}."
    ),
}

# What an administrateur can do about it, and how: « peut vous le donner », or « peut le faire ». Not for a
# candidate: anybody becomes one who types a SIREN, and the names are for those who were accepted.
_GIVES = (Reason.NOT_DECLARANT, Reason.NO_RIGHT)
_DOES = (
    Reason.DECLARATION_NOT_CHOSEN,
    Reason.ETABLISSEMENT_UNTICKED,
    Reason.DECLARATION_NOT_OF_CLIENT,
)
_NOBODY = N_(
    "Votre entreprise n’a plus d’administrateur : écrivez à l’assistance, qui peut en reconnaître un."
)


# What a declaration that is not of a client misses (003, chapter 4): the container first, then the content.
OF_CONTAINER = N_("ajoutez-la d’abord aux déclarations du portefeuille, puis à cette entreprise.")
OF_CLIENT = N_("son portefeuille la contient déjà, ajoutez-la aux déclarations de cette entreprise.")


def whom_to_ask(reason: Reason, administrateurs: Sequence[str], *, oneself: bool) -> str:
    """The sentence that names who can mend it; empty where nobody has to. ``oneself``: it is the reader."""
    if reason in _GIVES and oneself:
        return gettext("Vous êtes administrateur : vous pouvez vous le donner vous-même.")
    if reason not in (*_GIVES, *_DOES) or oneself:
        return ""
    if not administrateurs:
        return gettext(_NOBODY)
    return _asked(reason in _GIVES, administrateurs)


def _asked(gives: bool, administrateurs: Sequence[str]) -> str:  # noqa: FBT001 - two wordings of one sentence
    names = gettext(", ").join(administrateurs)
    if len(administrateurs) > 1:
        text = (
            gettext("Chacun de vos administrateurs ({names}) peut vous le donner.")
            if gives
            else gettext("Chacun de vos administrateurs ({names}) peut le faire.")
        )
    else:
        text = (
            gettext("Votre administrateur, {names}, peut vous le donner.")
            if gives
            else gettext("Votre administrateur, {names}, peut le faire.")
        )
    return text.format(names=names)


def sentence(table: Mapping[Reason, str], reason: Reason, **known: str | dt.datetime | None) -> str:
    """The sentence of ``reason`` in ``table``; moments are put into words."""
    words = {
        key: moment_in_words(value) if isinstance(value, dt.datetime) else value or ""
        for key, value in known.items()
    }
    return gettext(table[reason]).format(**words)
