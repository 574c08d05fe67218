"""Why agents decide on a request for membership: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Mandat non justifié"),
        N_(
            "Rien n’établit que l’entreprise vous a donné mandat d’agir pour elle. Faites-lui signer un "
            "mandat, puis présentez une nouvelle demande."
        ),
    ),
    (
        N_("Entreprise qui conteste la demande"),
        N_(
            "L’entreprise nous a fait savoir qu’elle ne souhaite pas que vous agissiez pour elle. Prenez "
            "contact avec son représentant légal avant de présenter une nouvelle demande."
        ),
    ),
    (
        N_("Erreur sur l’entreprise"),
        N_(
            "La demande ne porte pas sur l’entreprise que vous pensiez désigner. Vérifiez son numéro SIREN, "
            "puis présentez une nouvelle demande."
        ),
    ),
    (
        N_("Entreprise cessée ou en procédure collective"),
        N_(
            "L’entreprise a cessé son activité, ou ses intérêts sont confiés à un mandataire judiciaire. "
            "Adressez-vous à la personne qui la représente désormais."
        ),
    ),
)
