"""Why agents refuse documents that were sent: the first list, (label, what the filer reads).

It fills the operator's list once; from then on the operator's list alone counts.
"""

from guichet.kernel.refusals import N_

REASONS = (
    (
        N_("Document illisible"),
        N_(
            "Nous ne pouvons pas lire ce que vous avez transmis : l’image est floue, trop sombre ou coupée. "
            "Photographiez chaque page à plat, en pleine lumière, puis faites un nouvel envoi."
        ),
    ),
    (
        N_("Document qui ne nous est pas destiné"),
        N_(
            "Ce document concerne un autre organisme, auquel nous ne pouvons pas le transmettre. Adressez-le "
            "directement à l’organisme qui vous le demande."
        ),
    ),
    (
        N_("Document incomplet"),
        N_(
            "Il manque des pages au document transmis. Rassemblez toutes ses pages, puis faites un nouvel "
            "envoi."
        ),
    ),
    (
        N_("Document déjà reçu"),
        N_(
            "Nous avons déjà reçu ce document et nous en avons tenu compte : vous n’avez rien d’autre à "
            "faire."
        ),
    ),
)
