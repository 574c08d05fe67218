"""The addresses of the desk: /agents/…"""

from django.urls import URLPattern, path

from guichet.web.desk import bulk, decisions, documents, dossier, figures, household, learning, queue, team

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("suivant/", queue.take_next, name="next"),
    path("depots/<uuid:depot_id>/", dossier.dossier, name="dossier"),
    path("depots/<uuid:depot_id>/pages/<int:number>.png", dossier.page_image, name="page"),
    path("depots/<uuid:depot_id>/document.pdf", dossier.document, name="document"),
    path("depots/<uuid:depot_id>/fichiers/<int:file_id>", dossier.original, name="original"),
    path(
        "depots/<uuid:depot_id>/documents/<int:document>/reclasser/", documents.reclassify, name="reclassify"
    ),
    path(
        "depots/<uuid:depot_id>/echanges/<int:message_id>/document.pdf",
        documents.message_file,
        name="message_file",
    ),
    path("depots/<uuid:depot_id>/publier/", decisions.publish, name="publish"),
    path("depots/<uuid:depot_id>/accepter/", decisions.accept, name="accept"),
    path("depots/<uuid:depot_id>/refuser/", decisions.refuse, name="refuse"),
    path("depots/<uuid:depot_id>/retirer/", decisions.withdraw, name="withdraw"),
    path("depots/<uuid:depot_id>/question/", decisions.ask, name="ask"),
    path("depots/<uuid:depot_id>/note/", decisions.note, name="note"),
    path("depots/<uuid:depot_id>/attribuer/", decisions.assign, name="assign"),
    path("depots/<uuid:depot_id>/liberer/", decisions.release, name="release"),
    path("depots/<uuid:depot_id>/prendre-la-main/", decisions.take_over, name="take_over"),
    path("lots/", bulk.lots, name="lots"),
    path("lots/preparer/", bulk.bulk, name="bulk"),
    path("lots/lancer/", bulk.start, name="bulk_start"),
    path("lots/<uuid:lot_id>/", bulk.lot, name="lot"),
    path("chiffres/", figures.figures, name="figures"),
    path("reclassements/", learning.reclassifications, name="reclassifications"),
    path("reclassements/export.csv", learning.reclassifications_csv, name="reclassifications_csv"),
    path("charge/", team.load, name="load"),
    path("export.csv", team.export, name="export"),
    path("motifs/", team.motifs, name="motifs"),
    path("motifs/ajouter/", team.motif, name="motif_new"),
    path("motifs/<int:motif_id>/", team.motif, name="motif"),
    path("motifs/<int:motif_id>/retirer/", team.retire_motif, name="motif_retire"),
    path("foyers/<uuid:account_id>/", household.household, name="household"),
    path("foyers/<uuid:account_id>/ajouter/", household.person, name="household_add"),
    path("foyers/<uuid:account_id>/<uuid:person_id>/", household.person, name="household_person"),
    path("foyers/<uuid:account_id>/<uuid:person_id>/retirer/", household.remove, name="household_remove"),
    path("equipe/", team.agents, name="agents"),
    path("equipe/inviter/", team.invite, name="invite"),
    path("equipe/<int:agent_id>/", team.agent, name="agent"),
    path("equipe/<int:agent_id>/<slug:change>/", team.agent_access, name="agent_access"),
]
