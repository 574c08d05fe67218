"""The addresses of the shared pages."""

from django.urls import URLPattern, path

from guichet.web.views import credentials, forgotten, health, pages, verification

app_name = "web"

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.numbers, name="metrics"),
    path("aide/", pages.static_page, {"name": "help"}, name="help"),
    path("plan/", pages.static_page, {"name": "plan"}, name="plan"),
    path("accessibilite/", pages.static_page, {"name": "accessibility"}, name="accessibility"),
    path("mentions-legales/", pages.static_page, {"name": "legal"}, name="legal"),
    path("donnees-personnelles/", pages.static_page, {"name": "privacy"}, name="privacy"),
    path("conditions/", pages.terms, name="terms"),
    path("conditions/<slug:version>/", pages.terms, name="terms_of"),
    path("conditions/<slug:version>.txt", pages.terms_text, name="terms_text"),
    path("verifier/", verification.verify, name="verify"),
    path("verifier/cachet.pem", verification.seal, name="seal"),
    path("v/<str:code>", verification.verification, name="verification"),
    path("a/<str:token>", credentials.activate, name="activate"),
    path("m/<str:token>", credentials.new_password, name="new_password"),
    path("p/<str:token>", forgotten.provisional, name="provisional"),
    path("e/<str:token>", credentials.confirm_email, name="confirm_email"),
]
