"""Why agents refuse or withdraw annual accounts: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Documents illisibles"),
        N_(
            "Une ou plusieurs pages ne sont pas lisibles. Numérisez-les de nouveau, ou exportez-les en PDF "
            "depuis le logiciel qui les a produites, puis déposez le dossier corrigé."
        ),
    ),
    (
        N_("Comptes incomplets"),
        N_(
            "Les comptes annuels comprennent un bilan, un compte de résultat et une annexe. Il en manque au "
            "moins un : ajoutez-le, puis déposez le dossier corrigé."
        ),
    ),
    (
        N_("Rapport du commissaire aux comptes manquant"),
        N_(
            "Le rapport du commissaire aux comptes n’est pas joint. Ajoutez-le, puis déposez le dossier "
            "corrigé."
        ),
    ),
    (
        N_("Documents d’un autre exercice"),
        N_(
            "Les documents ne portent pas sur l’exercice indiqué. Corrigez la date de clôture ou remplacez "
            "les documents, puis déposez le dossier corrigé."
        ),
    ),
    (
        N_("Documents d’une autre structure"),
        N_(
            "Les documents ne sont pas ceux de l’association qui les dépose. Remplacez-les, puis déposez le "
            "dossier corrigé."
        ),
    ),
    (
        N_("Données personnelles à occulter"),
        N_(
            "Les documents comportent des données personnelles qui ne peuvent pas être publiées. "
            "Occultez-les, puis déposez le dossier corrigé."
        ),
    ),
)

WITHDRAWALS = (
    (
        N_("Retrait demandé par l’association"),
        N_("Ces comptes sont retirés de la publication à la demande de l’association."),
    ),
    (
        N_("Données personnelles publiées"),
        N_(
            "Ces comptes sont retirés de la publication, car ils comportent des données personnelles. "
            "Occultez-les, puis déposez de nouveau les comptes."
        ),
    ),
    (
        N_("Publication par erreur"),
        N_("Ces comptes ont été publiés par erreur et sont retirés de la publication."),
    ),
)
