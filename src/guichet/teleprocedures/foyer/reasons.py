"""Why agents refuse a correction of the household: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Justificatif manquant"),
        N_(
            "Cette correction demande un justificatif (livret de famille, acte de naissance ou de mariage, "
            "jugement…). Envoyez-le par « Envoyer un document », puis proposez de nouveau la correction."
        ),
    ),
    (
        N_("Différence avec le justificatif"),
        N_(
            "Ce que vous avez saisi ne correspond pas au justificatif que nous avons. Vérifiez le nom, le "
            "prénom et la date de naissance, puis proposez de nouveau la correction."
        ),
    ),
    (
        N_("Personne qui ne relève pas du dossier"),
        N_(
            "Les règles de votre régime ne permettent pas de rattacher cette personne à votre dossier, ou de "
            "l’en retirer. Écrivez-nous si votre situation a changé."
        ),
    ),
    (
        N_("Correction déjà faite"),
        N_("Votre dossier dit déjà ce que vous demandez : il n’y a rien à corriger."),
    ),
)
