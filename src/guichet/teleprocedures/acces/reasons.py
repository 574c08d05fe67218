"""Why agents refuse a request for access: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Justificatif manquant"),
        N_(
            "Les documents ne montrent pas votre lien avec l’entreprise. Joignez par exemple un extrait de "
            "moins de trois mois du registre où vous figurez, ou un pouvoir signé de son représentant avec "
            "sa pièce d’identité."
        ),
    ),
    (
        N_("Pouvoir insuffisant"),
        N_(
            "Le pouvoir n’est pas signé par le représentant de l’entreprise, ou ne dit pas que vous pouvez "
            "administrer son inscription. Faites-le refaire, puis déposez un dossier corrigé."
        ),
    ),
    (
        N_("Les administrateurs répondent"),
        N_(
            "L’entreprise a un administrateur que nous avons pu joindre : c’est à lui d’accepter votre "
            "demande. Adressez-vous à lui."
        ),
    ),
)
