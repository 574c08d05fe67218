"""Why agents refuse a declaration: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Fichier illisible"),
        N_(
            "Le fichier ne peut pas être lu dans le format de cette déclaration. Préparez-le de nouveau avec "
            "votre logiciel, contrôlez-le, puis transmettez-le."
        ),
    ),
    (
        N_("Autre déclaration"),
        N_(
            "Le fichier est celui d’une autre déclaration que celle que vous avez choisie. Choisissez la "
            "bonne déclaration, puis transmettez-le."
        ),
    ),
    (
        N_("Autre établissement ou autre période"),
        N_(
            "Le fichier ne concerne pas l’établissement ou la période que vous avez choisis. Vérifiez-les, "
            "puis transmettez-le de nouveau."
        ),
    ),
    (
        N_("Déclaration déjà reçue"),
        N_("Cette déclaration nous est déjà parvenue pour cet établissement et cette période."),
    ),
)
