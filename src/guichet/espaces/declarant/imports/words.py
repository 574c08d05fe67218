"""Requests by file in words: where they stand, what they do, what became of their lines."""

from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guichet.imports.states import Etat, Kind, Verdict

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from guichet.imports.values import Counts, Summary

OVER = frozenset({Etat.OK, Etat.OK_PARTIEL, Etat.KO})
AWAITED = frozenset({Etat.LECTURE, Etat.VALIDEE, Etat.EN_COURS})  # something happens by itself

# État → its words and the class of its badge.
ETATS: "dict[Etat, tuple[StrOrPromise, str]]" = {
    Etat.LECTURE: (gettext_lazy("Lecture en cours"), "info"),
    Etat.REFUSEE: (gettext_lazy("Fichier refusé"), "error"),
    Etat.PRETE: (gettext_lazy("À vérifier, puis à valider"), "new"),
    Etat.VALIDEE: (gettext_lazy("En attente de son tour"), "info"),
    Etat.EN_COURS: (gettext_lazy("Application en cours"), "info"),
    Etat.OK: (gettext_lazy("OK"), "success"),
    Etat.OK_PARTIEL: (gettext_lazy("OK partiel"), "warning"),
    Etat.KO: (gettext_lazy("KO"), "error"),
    Etat.SUPPRIMEE: (gettext_lazy("Supprimée"), "info"),
}
# What OK, OK partiel and KO mean, as 003 has it.
MEANT: "dict[Etat, StrOrPromise]" = {
    Etat.OK: gettext_lazy("Tout ce que vous demandiez est fait."),
    Etat.OK_PARTIEL: gettext_lazy(
        "Une partie de ce que vous demandiez est faite. Les lignes impossibles disent pourquoi, et que faire."
    ),
    Etat.KO: gettext_lazy("Rien n’a pu être fait. Chaque ligne dit pourquoi, et que faire."),
}
# Verdict → before, once it is done, the class of its badge.
VERDICTS: "dict[Verdict, tuple[StrOrPromise, StrOrPromise, str]]" = {
    Verdict.AJOUT: (gettext_lazy("Ajout"), gettext_lazy("Ajouté"), "success"),
    Verdict.SUPPRESSION: (gettext_lazy("Suppression"), gettext_lazy("Supprimé"), "info"),
    Verdict.MIXTE: (gettext_lazy("Plusieurs effets"), gettext_lazy("Plusieurs effets"), "warning"),
    Verdict.DEJA: (gettext_lazy("Déjà ainsi"), gettext_lazy("Était déjà ainsi"), "info"),
    Verdict.IMPOSSIBLE: (gettext_lazy("Impossible"), gettext_lazy("Impossible"), "error"),
}
FILTERS: "dict[Verdict, StrOrPromise]" = {
    Verdict.AJOUT: gettext_lazy("Ajouts"),
    Verdict.SUPPRESSION: gettext_lazy("Suppressions"),
    Verdict.MIXTE: gettext_lazy("Plusieurs effets"),
    Verdict.DEJA: gettext_lazy("Déjà ainsi"),
    Verdict.IMPOSSIBLE: gettext_lazy("Impossibles"),
}


def subject(one: "Summary") -> str:
    """What a request is about: « Ajouter « DSN » »."""
    kind = Kind(one.kind)
    if kind is Kind.DECLARATION:
        words = _("Ajouter « {label} »") if one.adds else _("Supprimer « {label} »")
        return words.format(label=one.label)
    return {
        Kind.ETABLISSEMENTS: _("Ajouter ou supprimer des établissements"),
        Kind.HABILITATIONS: _("Ajouter ou supprimer des habilitations"),
        Kind.ANNULATION: _("Revenir en arrière"),
    }[kind]


def effect(counts: "Counts") -> str:
    """« 312 ajouts et 4 suppressions »; nothing where there are none."""
    said = []
    if counts.ajouts:
        said.append(counted(ngettext("{n} ajout", "{n} ajouts", counts.ajouts), counts.ajouts))
    if counts.suppressions:
        words = ngettext("{n} suppression", "{n} suppressions", counts.suppressions)
        said.append(counted(words, counts.suppressions))
    return _(" et ").join(said)


def in_short(counts: "Counts") -> str:
    """« 312 ajouts, 4 suppressions, 2 impossibles », for a list."""
    each = (
        (counts.ajouts, ngettext("{n} ajout", "{n} ajouts", counts.ajouts)),
        (counts.suppressions, ngettext("{n} suppression", "{n} suppressions", counts.suppressions)),
        (counts.deja, ngettext("{n} déjà ainsi", "{n} déjà ainsi", counts.deja)),
        (counts.impossibles, ngettext("{n} impossible", "{n} impossibles", counts.impossibles)),
    )
    return ", ".join(counted(words, n) for n, words in each if n)


def counted(words: str, n: int) -> str:
    """``words`` with the number in it, as French writes it: « 100 000 »."""
    return words.format(n=number_format(n, use_l10n=True, force_grouping=True))
