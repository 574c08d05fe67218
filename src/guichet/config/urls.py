"""The portal's addresses: shared pages, then one prefix for each espace and each téléprocédure."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from guichet.web.filing.urls import link_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("guichet.web.urls")),
    path("", include("guichet.web.public.urls")),
    path("", include(link_urls)),
    path("agents/", include("guichet.espaces.agents.urls")),
    path("agents/", include("guichet.web.desk.urls")),
    path("abonne/", include("guichet.espaces.abonne.urls")),
    path("abonne/adhesions/", include("guichet.teleprocedures.adhesion.urls")),
    path("prive/", include("guichet.espaces.prive.urls")),
    path("prive/documents/", include("guichet.teleprocedures.depot_spontane.urls")),
    path("prive/foyer/", include("guichet.teleprocedures.foyer.urls")),
    path("declarant/", include("guichet.espaces.declarant.urls")),
    path("declarant/declarations/", include("guichet.teleprocedures.declaration.urls")),
    path("declarant/resiliation/", include("guichet.teleprocedures.resiliation.urls")),
    path("declarant/acces/", include("guichet.teleprocedures.acces.urls")),
    path("mandataires/", include("guichet.teleprocedures.adhesion.company_urls")),
    path("association/", include("guichet.espaces.association.urls")),
    path("association/comptes-annuels/", include("guichet.teleprocedures.comptes_annuels.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("guichet.demo.urls")))

handler400 = "guichet.web.views.errors.bad_request"
handler403 = "guichet.web.views.errors.forbidden"
handler404 = "guichet.web.views.errors.not_found"
handler500 = "guichet.web.views.errors.server_error"
