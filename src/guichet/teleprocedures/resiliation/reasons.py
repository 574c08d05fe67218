"""Why agents refuse a resiliation: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Déclarations encore dues"),
        N_(
            "Des déclarations restent à transmettre pour ce que vous voulez résilier. Transmettez-les, puis "
            "faites de nouveau cette demande."
        ),
    ),
    (
        N_("Type qui ne convient pas"),
        N_(
            "Le type d’inscription que vous demandez ne convient pas à la situation de votre entreprise. "
            "Vérifiez-le, puis faites une nouvelle demande si besoin."
        ),
    ),
    (
        N_("Demande à préciser"),
        N_("Le motif ne permet pas de décider. Dites ce qui change pour votre entreprise, et depuis quand."),
    ),
    (
        N_("Demande déjà satisfaite"),
        N_("L’inscription est déjà comme vous le demandez : il n’y a rien à faire."),
    ),
)
