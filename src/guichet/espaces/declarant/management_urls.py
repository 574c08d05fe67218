"""« Gestion » and « Demandes en attente »: what administrateurs do (003, chapter 3)."""

from django.urls import URLPattern, path

from guichet.espaces.declarant import candidates, company, people, removal

urlpatterns: list[URLPattern] = [
    path("gestion/declarants/", people.people, name="people"),
    path("gestion/declarants/nouveau/", people.person_new, name="person_new"),
    path("gestion/declarants/<int:acteur_id>/", people.person, name="person"),
    path("gestion/declarants/<int:acteur_id>/mot-de-passe/", people.person_password, name="person_password"),
    path("gestion/declarants/<int:acteur_id>/mot-de-passe/donne/", people.person_given, name="person_given"),
    path("gestion/declarants/<int:acteur_id>/adresse/", people.person_email, name="person_email"),
    path("gestion/declarants/<int:acteur_id>/role/", people.person_roles, name="person_roles"),
    path("gestion/declarants/<int:acteur_id>/droits/", people.person_rights, name="person_rights"),
    path("gestion/declarants/<int:acteur_id>/retirer/", removal.person_remove, name="person_remove"),
    path("gestion/quitter/", removal.leave, name="leave"),
    path("gestion/declarations/", company.declarations, name="declarations"),
    path("gestion/declarations/<slug:code>/retirer/", company.declaration_remove, name="declaration_remove"),
    path("gestion/etablissements/", company.etablissements, name="etablissements"),
    path("gestion/demandes/", candidates.candidates, name="candidates"),
    path("gestion/demandes/<int:acteur_id>/accord/", candidates.candidate_grant, name="candidate_grant"),
    path("gestion/demandes/<int:acteur_id>/refus/", candidates.candidate_refuse, name="candidate_refuse"),
    path("gestion/aide/", candidates.help_asked, name="help_asked"),
]
