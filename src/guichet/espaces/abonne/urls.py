"""The addresses of the door of professionals: registration, activation, home, account pages."""

from django.urls import URLPattern, path

from guichet.espaces.abonne import activation, certificates, colleagues, handover, registration, views
from guichet.espaces.abonne.person import PersonForm
from guichet.web.account_urls import account_urls

app_name = "abonne"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("inscription/", registration.conditions, name="register"),
    path("inscription/<int:number>/identifiants/", registration.identifiers, name="register_identifiers"),
    path("inscription/<int:number>/formulaire/", registration.details, name="register_form"),
    path("inscription/<int:number>/verification/", registration.check, name="register_check"),
    path("inscription/<int:number>/messagerie/", registration.sent, name="register_sent"),
    path("activation/", activation.activate, name="activate"),
    path("activation/nouveau-code/", activation.new_code, name="activation_code"),
    path("activation/terminee/", activation.activated, name="activated"),
    path("formulaire-inscription.pdf", activation.registration_pdf, name="registration_pdf"),
    path("collegues/", colleagues.colleagues, name="colleagues"),
    path("collegues/<uuid:colleague_id>/reconnaitre/", colleagues.recognise, name="colleague_recognise"),
    path("collegues/<uuid:colleague_id>/ecarter/", colleagues.decline, name="colleague_decline"),
    path("collegues/<uuid:colleague_id>/reprendre/", colleagues.take_over, name="colleague_take_over"),
    path("remettre/", handover.hand_over, name="hand_over"),
    path("remettre/verification/", handover.check, name="hand_over_check"),
    path("remises/<uuid:remise_id>/", handover.remise, name="remise"),
    path("remises/<uuid:remise_id>/accepter/", handover.accept, name="remise_accept"),
    path("remises/<uuid:remise_id>/decliner/", handover.decline, name="remise_decline"),
    path("remises/<uuid:remise_id>/annuler/", handover.cancel, name="remise_cancel"),
    path("certificat/connexion/", certificates.sign_in, name="certificate_sign_in"),
    path("certificat/inscription/", certificates.register, name="certificate_register"),
    path("certificat/renouvellement/", certificates.renew, name="certificate_renew"),
    path("certificat/renouvellement/code/", certificates.renew_code, name="certificate_renew_code"),
    path("certificat/renouvellement/reponse/", certificates.renew_answer, name="certificate_renew_answer"),
    path("certificat/renouvellement/termine/", certificates.renewed, name="certificate_renewed"),
    path("inscription/sans-certificat/", certificates.drop, name="certificate_drop"),
    path("votre-certificat/", certificates.mine, name="certificate"),
    path("votre-certificat/<int:certificate_id>/retirer/", certificates.end, name="certificate_end"),
    *account_urls("abonne", profile_form=PersonForm),
]
