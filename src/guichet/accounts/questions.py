"""The questions of trust that the doors share (004, step 2; 003, chapter 2: « question secrète »)."""

from guichet.accounts.definitions import TrustQuestion
from guichet.kernel.refusals import N_

# No « Quel est votre surnom ? », the sheet's own example: colleagues know it, and people sign with it. Nor
# what registers and social networks tell: birthplace, mother's name, school, pet. Codes keep their meaning.
TRUST_QUESTIONS = (
    TrustQuestion(code="unconfessed", text=N_("Quelle bêtise d’enfance n’avez-vous jamais avouée ?")),
    TrustQuestion(code="hated_dish", text=N_("Quel plat détestiez-vous à la cantine ?")),
    TrustQuestion(code="lost_object", text=N_("Quel objet perdu avez-vous le plus regretté ?")),
    TrustQuestion(code="feared_place", text=N_("Quel endroit vous faisait peur quand vous étiez enfant ?")),
    TrustQuestion(code="hiding_place", text=N_("Où cachiez-vous vos trésors d’enfant ?")),
    TrustQuestion(code="first_purchase", text=N_("Qu’avez-vous acheté avec votre premier salaire ?")),
    TrustQuestion(code="unsaid_trade", text=N_("Quel métier auriez-vous fait si vous aviez osé ?")),
    TrustQuestion(code="imaginary_friend", text=N_("Comment s’appelait votre ami imaginaire ?")),
    TrustQuestion(code="broken_thing", text=N_("Quel objet avez-vous cassé sans jamais le dire ?")),
    TrustQuestion(code="unread_book", text=N_("Quel livre prétendez-vous avoir lu ?")),
    TrustQuestion(code="awful_present", text=N_("Quel est le pire cadeau que vous ayez reçu ?")),
    TrustQuestion(code="named_object", text=N_("À quel objet avez-vous donné un nom, et lequel ?")),
)
