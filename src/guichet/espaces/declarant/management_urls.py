"""« Gestion » and « Demandes en attente »: what administrateurs do (003, chapter 3)."""

from django.urls import URLPattern, path

from guichet.espaces.declarant import candidates, company, people, removal

urlpatterns: list[URLPattern] = [
    path("declarants/", people.people, name="people"),
    path("declarants/nouveau/", people.person_new, name="person_new"),
    path("declarants/<int:acteur_id>/", people.person, name="person"),
    path("declarants/<int:acteur_id>/mot-de-passe/", people.person_password, name="person_password"),
    path("declarants/<int:acteur_id>/mot-de-passe/donne/", people.person_given, name="person_given"),
    path("declarants/<int:acteur_id>/adresse/", people.person_email, name="person_email"),
    path("declarants/<int:acteur_id>/role/", people.person_roles, name="person_roles"),
    path("declarants/<int:acteur_id>/droits/", people.person_rights, name="person_rights"),
    path("declarants/<int:acteur_id>/retirer/", removal.person_remove, name="person_remove"),
    path("quitter/", removal.leave, name="leave"),
    path("declarations/", company.declarations, name="declarations"),
    path("declarations/<slug:code>/retirer/", company.declaration_remove, name="declaration_remove"),
    path("etablissements/", company.etablissements, name="etablissements"),
    path("demandes/", candidates.candidates, name="candidates"),
    path("demandes/<int:acteur_id>/accord/", candidates.candidate_grant, name="candidate_grant"),
    path("demandes/<int:acteur_id>/refus/", candidates.candidate_refuse, name="candidate_refuse"),
    path("aide/", candidates.help_asked, name="help_asked"),
]
