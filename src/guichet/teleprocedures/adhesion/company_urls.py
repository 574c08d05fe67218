"""The company's side: /mandataires/…"""

from django.urls import URLPattern, path

from guichet.teleprocedures.adhesion import company, company_account

app_name = "company"

urlpatterns: list[URLPattern] = [
    path("", company.code, name="code"),
    path("demande/", company.demande, name="demande"),
    path("demande/fin/", company.end, name="end"),
    path("demande/fermer/", company.leave, name="leave"),
    path("entreprise/", company_account.mine, name="mine"),
    path("entreprise/<uuid:demande_id>/", company_account.demande, name="one"),
    path("entreprise/<uuid:demande_id>/fin/", company_account.end, name="one_end"),
]
